import type { Page } from '../../shell/pages';

const log = { zh: '日志', en: 'The log' };
const rights = { zh: '权限', en: 'Rights' };

export const pages: Page[] = [
  {
    path: 'assurance/checks',
    entry: 'assurance',
    title: { zh: '日志检查', en: 'Log checks' },
    sees: (me) => me.policies.has('log.review'),
    load: () => import('./Checks'),
    group: log,
    order: 25,
  },
  {
    path: 'assurance/check',
    entry: 'assurance',
    title: { zh: '一次检查', en: 'Log check' },
    sees: (me) => me.policies.has('log.review'),
    load: () => import('./Check'),
    listed: false,
  },
  {
    path: 'assurance/results',
    entry: 'assurance',
    title: { zh: '检查结果通报', en: 'Results of log checks' },
    // It may have gone to anybody, whatever the post: the to-do leads here.
    sees: (me) => me.policies.has('log.results'),
    load: () => import('./Results'),
    listed: false,
  },
  {
    path: 'assurance/reviews',
    entry: 'assurance',
    title: { zh: '权限复核', en: 'Access reviews' },
    sees: (me) => me.policies.has('reviews.decide') && reviewers.some((post) => me.posts.has(post)),
    load: () => import('./Reviews'),
    group: rights,
    order: 40,
  },
  {
    path: 'assurance/review',
    entry: 'assurance',
    title: { zh: '一次权限复核', en: 'Access review' },
    // Whoever answers for a unit may be asked, whatever the post: the to-do leads here.
    sees: (me) => me.policies.has('reviews.decide'),
    load: () => import('./Review'),
    listed: false,
  },
  {
    path: 'assurance/unused',
    entry: 'assurance',
    title: { zh: '长期未用的权限', en: 'Unused rights' },
    sees: (me) => me.policies.has('organisation.report'),
    load: () => import('./Unused'),
    group: rights,
    order: 45,
  },
  {
    path: 'assurance/reconciliation',
    entry: 'assurance',
    title: { zh: '账号核对', en: 'Reconciliation' },
    sees: (me) => me.policies.has('reconciliation.read'),
    load: () => import('./Reconciliation'),
    group: rights,
    order: 50,
  },
];

const reviewers = ['data-owner', 'shift-lead', 'dpo', 'auditor', 'admin-4a'];
