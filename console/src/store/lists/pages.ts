import type { Page } from '../../shell/pages';

export const pages: Page[] = [
  {
    path: 'people/lists',
    entry: 'people',
    title: { zh: '受控客户名单', en: 'Controlled lists' },
    sees: (me) => me.policies.has('lists.manage'),
    load: () => import('./Lists'),
    group: { zh: '组织', en: 'Organisation' },
    order: 46,
  },
];
