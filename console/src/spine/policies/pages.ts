import type { Page } from '../../shell/pages';

const posts = ['data-owner', 'admin-4a', 'dpo'];

export const pages: Page[] = [
  {
    path: 'approvals/scenes',
    entry: 'approvals',
    title: { zh: '金库场景', en: 'Vault scenes' },
    sees: (me) => me.policies.has('approvals.use'),
    load: () => import('./Scenes'),
    order: 30,
  },
  {
    path: 'settings/authorisations',
    entry: 'settings',
    title: { zh: '使用授权', en: 'Use authorisations' },
    sees: (me) => me.policies.has('authorisations.manage'),
    load: () => import('./Authorisations'),
    group: { zh: '数据', en: 'Data' },
    order: 40,
  },
  {
    path: 'settings/what-if',
    entry: 'settings',
    title: { zh: '试算权限', en: 'What if' },
    sees: (me) => me.policies.has('access.explain') && posts.some((post) => me.posts.has(post)),
    load: () => import('./WhatIf'),
    group: { zh: '系统', en: 'System' },
    order: 60,
  },
];
