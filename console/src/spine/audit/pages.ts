import type { Page } from '../../shell/pages';

const group = { zh: '日志', en: 'The log' };

export const pages: Page[] = [
  {
    path: 'assurance/log',
    entry: 'assurance',
    title: { zh: '审计日志', en: 'Audit log' },
    sees: (me) => me.policies.has('audit.read'),
    load: () => import('./Log'),
    group,
    order: 10,
  },
  {
    path: 'assurance/entry',
    entry: 'assurance',
    title: { zh: '日志条目', en: 'Log entry' },
    sees: (me) => me.policies.has('audit.read'),
    load: () => import('./Entry'),
    listed: false,
  },
  {
    path: 'assurance/live',
    entry: 'assurance',
    title: { zh: '实时查看', en: 'Live reveals' },
    sees: (me) => me.policies.has('audit.read'),
    load: () => import('./Live'),
    group,
    order: 15,
  },
  {
    path: 'assurance/sample',
    entry: 'assurance',
    title: { zh: '抽样检查', en: 'Sampling' },
    sees: (me) => me.policies.has('audit.read'),
    load: () => import('./Sample'),
    group,
    order: 20,
  },
  {
    path: 'assurance/checkpoints',
    entry: 'assurance',
    title: { zh: '检查点', en: 'Checkpoints' },
    sees: (me) => me.policies.has('audit.verify'),
    load: () => import('./Checkpoints'),
    group,
    order: 30,
  },
];
