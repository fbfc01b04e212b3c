import type { Page } from '../shell/pages';

export const pages: Page[] = [
  {
    path: 'customers/desk',
    entry: 'customers',
    title: { zh: '坐席台', en: 'Agent desk' },
    sees: (me) => me.policies.has('service-sessions') && me.acts.has('view'),
    load: () => import('./desk/Desk'),
    order: 10,
  },
];
