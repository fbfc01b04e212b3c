import type { Page } from '../../shell/pages';

const people: Page['sees'] = (me) => me.policies.has('people.manage');

export const pages: Page[] = [
  { path: 'people', entry: 'people', title: { zh: '人员', en: 'People' }, sees: people, load: () => import('./People'), order: 10 },
  { path: 'people/person', entry: 'people', title: { zh: '人员', en: 'Person' }, sees: people, load: () => import('./Person'), listed: false },
  {
    path: 'people/requests',
    entry: 'people',
    title: { zh: '账号申请', en: 'Account requests' },
    sees: people,
    load: () => import('./Requests'),
    order: 20,
  },
  {
    path: 'people/report',
    entry: 'people',
    title: { zh: '机构报告', en: 'Organisation report' },
    sees: (me) => me.policies.has('organisation.report'),
    load: () => import('./Report'),
    order: 60,
  },
  {
    path: 'people/clients',
    entry: 'people',
    title: { zh: '接口客户端', en: 'API clients' },
    sees: (me) => me.policies.has('clients.manage'),
    load: () => import('./Clients'),
    order: 40,
  },
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
