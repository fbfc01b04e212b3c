import type { Schemas } from '../../api/client';
import { fill, type Language, type Two } from '../../shell/words';

export type Alert = Schemas['AlertView'];
export type Rule = Schemas['WatchRule'];

/** What a measure counts, as a sentence without its subject. */
const told: Record<string, Two> = {
  views: { zh: '查看了 {{n}} 次', en: 'viewed {{n}} times' },
  customers: { zh: '接触了 {{n}} 位客户', en: 'dealt with {{n}} customers' },
  reveals: { zh: '看了 {{n}} 次敏感信息明文', en: 'saw sensitive values in clear {{n}} times' },
  exports: { zh: '导出或打开文件 {{n}} 次', en: 'exported or opened files {{n}} times' },
  refused: { zh: '被拒绝 {{n}} 次', en: 'was refused {{n}} times' },
  'off-hours': { zh: '非当班时间操作客户 {{n}} 次', en: 'worked on customers off duty {{n}} times' },
  listed: { zh: '看了 {{n}} 次受控名单上的客户', en: 'saw customers on controlled lists {{n}} times' },
  searches: { zh: '查找了 {{n}} 次', en: 'searched {{n}} times' },
  '25': {
    zh: '在服务会话之外看了 {{n}} 位客户的行踪、通信、征信或财产明文',
    en: 'saw tracks, communications, credit or property of {{n}} customers in clear outside calls',
  },
  '250': {
    zh: '在服务会话之外看了 {{n}} 位客户的住宿、通话、健康或交易明文',
    en: 'saw stays, calls, health or trades of {{n}} customers in clear outside calls',
  },
  '2500': { zh: '在服务会话之外看了 {{n}} 位客户的明文', en: 'saw {{n}} customers in clear outside calls' },
};

export const measureNames: Record<string, Two> = {
  views: { zh: '查看', en: 'Views' },
  customers: { zh: '接触客户', en: 'Customers' },
  reveals: { zh: '敏感明文', en: 'Sensitive reveals' },
  exports: { zh: '导出与开文件', en: 'Exports and files' },
  refused: { zh: '被拒绝', en: 'Refusals' },
  'off-hours': { zh: '非当班操作', en: 'Off duty' },
  listed: { zh: '受控名单客户', en: 'Listed customers' },
  searches: { zh: '查找', en: 'Searches' },
  '25': { zh: '明文:行踪、通信、征信、财产', en: 'Clear: tracks, communications, credit, property' },
  '250': { zh: '明文:住宿、通话、健康、交易', en: 'Clear: stays, calls, health, trades' },
  '2500': { zh: '明文:其他', en: 'Clear: everything else' },
};

const against: Record<'limit' | 'habit', Two> = {
  limit: { zh: ',已到 {{limit}} 次的界限', en: ', reaching the limit of {{limit}}' },
  habit: { zh: ',平时同一天约 {{own}} 次,同岗约 {{peer}} 次', en: '; on such a day it is usually {{own}}, and {{peer}} for colleagues' },
};

const tenths = (value: number | null | undefined): string => (value == null ? '–' : String(value / 10));

/** What happened, in one sentence without a name; a rule nobody knows any more is told by its id. */
export function happened(alert: Pick<Alert, 'rule' | 'figures'>, rules: readonly Rule[], language: Language): string {
  const rule = rules.find((one) => one.id === alert.rule);
  const { n, limit, ownTenths, peerTenths } = alert.figures;
  const what = rule && told[rule.measure];
  if (!what) return `${alert.rule}: ${n}`;
  const beside = rule.kind === 'habit' ? against.habit : against.limit;
  return fill(what[language], { n }) + fill(beside[language], { limit, own: tenths(ownTenths), peer: tenths(peerTenths) });
}

const responses: Record<Alert['response'], number> = { suspend: 0, vault: 1, notify: 2 };

/** The gravest first: what acts before what warns, what stops somebody before what only tells; among equals the oldest waits longest. */
export const bySeverity = (alerts: readonly Alert[]): Alert[] =>
  [...alerts].sort(
    (a, b) =>
      Number(a.stage === 'warn') - Number(b.stage === 'warn') ||
      responses[a.response] - responses[b.response] ||
      a.raised - b.raised ||
      a.id.localeCompare(b.id),
  );

/** Whether the alert's day is past at the company's place, wherever the reader sits: what is told of today says nothing about it. */
export const dayIsOver = (alert: Pick<Alert, 'until'>, now: number): boolean => alert.until <= now;

/** The address of the log entries behind an alert: that person's, of that day, and only the refused ones where refusals were counted. */
export function entriesBehind(alert: Pick<Alert, 'person' | 'from' | 'until' | 'rule'>, rules: readonly Rule[]): string {
  const measure = rules.find((one) => one.id === alert.rule)?.measure;
  const narrower: Record<string, [string, string]> = { refused: ['decision', 'deny'], views: ['act', 'view'], searches: ['act', 'find'] };
  const query = new URLSearchParams({ from: String(alert.from), until: String(alert.until), kind: 'person', ...(alert.person ? { actor: alert.person } : {}) });
  const more = measure ? narrower[measure] : undefined;
  if (more) query.set(...more);
  return `assurance/log?${query}`;
}
