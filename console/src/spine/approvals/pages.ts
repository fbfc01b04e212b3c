import type { Page } from '../../shell/pages';

export const pages: Page[] = [
  {
    path: 'approvals',
    entry: 'approvals',
    title: { zh: '申请与授权', en: 'Requests' },
    sees: (me) => me.policies.has('approvals.use'),
    load: () => import('./Queue'),
    order: 10,
  },
  {
    path: 'approvals/request',
    entry: 'approvals',
    title: { zh: '授权申请', en: 'Request' },
    sees: (me) => me.policies.has('approvals.use'),
    load: () => import('./Request'),
    listed: false,
  },
  {
    path: 'approvals/delegations',
    entry: 'approvals',
    title: { zh: '请人代审', en: 'Stand-ins' },
    sees: (me) => me.policies.has('approvals.use'),
    load: () => import('./Delegations'),
    order: 20,
  },
  {
    path: 'approvals/quality',
    entry: 'approvals',
    title: { zh: '金库质量月报', en: 'Vault quality' },
    sees: (me) => me.policies.has('approvals.quality'),
    load: () => import('./Quality'),
    order: 40,
  },
];
