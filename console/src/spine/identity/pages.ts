import type { Page } from '../../shell/pages';

const people: Page['sees'] = (me) => me.policies.has('people.manage');
const report: Page['sees'] = (me) => me.policies.has('organisation.report');

const accounts = { zh: '账号', en: 'Accounts' };
const organisation = { zh: '组织', en: 'Organisation' };
const places = { zh: '地点与班次', en: 'Places and shifts' };
const mine = { zh: '我的', en: 'Mine' };

export const pages: Page[] = [
  { path: 'people', entry: 'people', title: { zh: '人员', en: 'People' }, sees: people, load: () => import('./People'), group: accounts, order: 10 },
  { path: 'people/person', entry: 'people', title: { zh: '人员', en: 'Person' }, sees: people, load: () => import('./Person'), listed: false },
  {
    path: 'people/requests',
    entry: 'people',
    title: { zh: '账号申请', en: 'Account requests' },
    sees: people,
    load: () => import('./Requests'),
    group: accounts,
    order: 20,
  },
  {
    path: 'people/clients',
    entry: 'people',
    title: { zh: '接口客户端', en: 'API clients' },
    sees: (me) => me.policies.has('clients.manage'),
    load: () => import('./Clients'),
    group: accounts,
    order: 30,
  },
  {
    path: 'people/organisation',
    entry: 'people',
    title: { zh: '法人与单位', en: 'Entities and units' },
    sees: (me) => people(me) || report(me),
    load: () => import('./Organisation'),
    group: organisation,
    order: 40,
  },
  {
    path: 'people/posts',
    entry: 'people',
    title: { zh: '岗位与冲突', en: 'Posts and conflicts' },
    sees: report,
    load: () => import('./Posts'),
    group: organisation,
    order: 42,
  },
  {
    path: 'people/duties',
    entry: 'people',
    title: { zh: '协议与培训', en: 'Agreements and training' },
    sees: (me) => me.policies.has('training.record'),
    load: () => import('./duties/Duties'),
    group: organisation,
    order: 44,
  },
  {
    path: 'people/report',
    entry: 'people',
    title: { zh: '机构报告', en: 'Organisation report' },
    sees: report,
    load: () => import('./Report'),
    group: organisation,
    order: 48,
  },
  {
    path: 'people/zones',
    entry: 'people',
    title: { zh: '网络区域', en: 'Network zones' },
    sees: (me) => me.policies.has('policies.manage'),
    load: () => import('./places/Zones'),
    group: places,
    order: 50,
  },
  {
    path: 'people/remote',
    entry: 'people',
    title: { zh: '远程许可', en: 'Remote permits' },
    sees: (me) => me.policies.has('remote-access'),
    load: () => import('./places/Remote'),
    group: places,
    order: 52,
  },
  {
    path: 'people/rosters',
    entry: 'people',
    title: { zh: '排班', en: 'Rosters' },
    sees: (me) => me.policies.has('rosters.manage'),
    load: () => import('./rosters/Rosters'),
    group: places,
    order: 54,
  },
  {
    path: 'people/on-duty',
    entry: 'people',
    title: { zh: '现在谁当班', en: 'On duty now' },
    sees: (me) => me.policies.has('duty.read'),
    load: () => import('./rosters/OnDuty'),
    group: places,
    order: 56,
  },
  {
    path: 'settings',
    entry: 'settings',
    title: { zh: '我的登录', en: 'My sign-in' },
    sees: () => true,
    load: () => import('./OwnAccount'),
    group: mine,
    order: 10,
  },
  {
    path: 'settings/nda',
    entry: 'settings',
    title: { zh: '保密协议', en: 'Confidentiality agreement' },
    sees: () => true,
    load: () => import('./Nda'),
    group: mine,
    order: 20,
  },
];
