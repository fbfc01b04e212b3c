import type { Page } from '../shell/pages';

export const pages: Page[] = [
  {
    path: 'customers/collect',
    entry: 'customers',
    title: { zh: '采集登记', en: 'Collect' },
    sees: (me) => me.policies.has('collect') && me.policies.has('forms.read'),
    load: () => import('./Collect'),
    order: 20,
  },
  {
    path: 'settings/forms',
    entry: 'settings',
    title: { zh: '采集表单', en: 'Forms' },
    sees: (me) => me.policies.has('forms.manage'),
    load: () => import('./forms/Forms'),
    group: { zh: '数据', en: 'Data' },
    order: 30,
  },
  {
    path: 'settings/notices',
    entry: 'settings',
    title: { zh: '告知书', en: 'Privacy notices' },
    sees: (me) => me.policies.has('notices.manage'),
    load: () => import('./notices/Notices'),
    group: { zh: '数据', en: 'Data' },
    order: 50,
  },
];
