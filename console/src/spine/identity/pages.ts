import type { Page } from '../../shell/pages';

export const pages: Page[] = [
  { path: 'settings', entry: 'settings', title: { zh: '我的登录', en: 'My sign-in' }, sees: () => true, load: () => import('./OwnAccount'), order: 10 },
  {
    path: 'settings/nda',
    entry: 'settings',
    title: { zh: '保密协议', en: 'Confidentiality agreement' },
    sees: () => true,
    load: () => import('./Nda'),
    order: 20,
  },
];
