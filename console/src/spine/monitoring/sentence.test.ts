import { describe, expect, it } from 'vitest';
import { type Alert, bySeverity, dayIsOver, entriesBehind, happened, type Rule } from './sentence';

const rules: Rule[] = [
  { id: 'refused', kind: 'threshold', measure: 'refused', warn: 20, act: 60, response: 'vault', sigmas: 3 },
  { id: 'views-habit', kind: 'habit', measure: 'views', warn: 0, act: 60, response: 'notify', sigmas: 3 },
];
const alert = (over: Partial<Alert>): Alert => ({
  id: 'a',
  state: 'open',
  rule: 'refused',
  stage: 'warn',
  response: 'notify',
  person: 'ab',
  day: 20_000,
  from: 20_000 * 86_400_000 - 8 * 3_600_000,
  until: 20_001 * 86_400_000 - 8 * 3_600_000,
  figures: { n: 40, limit: 20 },
  raised: 1,
  escalated: false,
  steps: [],
  ...over,
});

describe('an alert', () => {
  it('is told in one sentence with its figures, and by its rule where nobody knows the rule', () => {
    expect(happened(alert({}), rules, 'en')).toBe('was refused 40 times, reaching the limit of 20');
    expect(happened(alert({}), rules, 'zh')).toBe('被拒绝 40 次,已到 20 次的界限');
    expect(happened(alert({ rule: 'views-habit', figures: { n: 90, limit: 60, ownTenths: 125, peerTenths: null } }), rules, 'en')).toBe(
      'viewed 90 times; on such a day it is usually 12.5, and – for colleagues',
    );
    expect(happened(alert({ rule: 'gone' }), rules, 'en')).toBe('gone: 40');
  });
  it("has a day that is over at the company's midnight, wherever it is read", () => {
    const { from, until } = alert({});
    expect([from, until - 1, until].map((now) => dayIsOver(alert({}), now))).toEqual([false, false, true]);
  });
  it('comes by severity, and the oldest first among equals', () => {
    const order = bySeverity([
      alert({ id: 'warn', raised: 1 }),
      alert({ id: 'tell', stage: 'act', raised: 2 }),
      alert({ id: 'late', stage: 'act', response: 'vault', raised: 9 }),
      alert({ id: 'early', stage: 'act', response: 'vault', raised: 3 }),
      alert({ id: 'stop', stage: 'act', response: 'suspend', raised: 8 }),
    ]);
    expect(order.map((one) => one.id)).toEqual(['stop', 'early', 'late', 'tell', 'warn']);
  });
  it("leads to that person's entries of that day, and to refusals only where those were counted", () => {
    const query = new URLSearchParams(entriesBehind(alert({}), rules).split('?')[1]);
    expect([query.get('actor'), query.get('decision')]).toEqual(['ab', 'deny']);
    expect([Number(query.get('from')), Number(query.get('until'))]).toEqual([alert({}).from, alert({}).until]);
    expect(entriesBehind(alert({ rule: 'views-habit' }), rules)).toContain('act=view');
  });
});
