import type { Page } from '../../shell/pages';

export const pages: Page[] = [
  {
    path: 'settings/catalogue',
    entry: 'settings',
    title: { zh: '信息目录', en: 'Catalogue' },
    sees: (me) => me.policies.has('catalogue.read'),
    load: () => import('./Catalogue'),
    group: { zh: '数据', en: 'Data' },
    order: 20,
  },
  {
    path: 'settings/purposes',
    entry: 'settings',
    title: { zh: '用途与依据', en: 'Purposes' },
    sees: (me) => me.policies.has('catalogue.read'),
    load: () => import('./Purposes'),
    group: { zh: '数据', en: 'Data' },
    order: 25,
  },
];
