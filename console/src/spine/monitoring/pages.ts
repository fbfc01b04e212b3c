import type { Page } from '../../shell/pages';

const sees: Page['sees'] = (me) => me.policies.has('alerts.handle');

export const pages: Page[] = [
  { path: 'incidents/alerts', entry: 'incidents', title: { zh: '告警', en: 'Alerts' }, sees, load: () => import('./Alerts'), order: 10 },
  { path: 'incidents/alert', entry: 'incidents', title: { zh: '告警', en: 'Alert' }, sees, load: () => import('./Alert'), listed: false },
  { path: 'incidents/rules', entry: 'incidents', title: { zh: '监测规则', en: 'Watch rules' }, sees, load: () => import('./Rules'), order: 20 },
];
