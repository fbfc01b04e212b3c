import type { Page } from '../../shell/pages';

export const pages: Page[] = [
  {
    path: 'settings/notices-sent',
    entry: 'settings',
    title: { zh: '发出的通知', en: 'Notices sent' },
    sees: (me) => me.policies.has('people.manage'),
    load: () => import('./NoticesSent'),
    group: { zh: '系统', en: 'System' },
    order: 70,
  },
];
