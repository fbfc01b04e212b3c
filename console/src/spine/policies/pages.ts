import type { Page } from '../../shell/pages';

export const pages: Page[] = [
  {
    path: 'approvals/scenes',
    entry: 'approvals',
    title: { zh: '金库场景', en: 'Vault scenes' },
    sees: (me) => me.policies.has('approvals.use'),
    load: () => import('./Scenes'),
    order: 30,
  },
];
