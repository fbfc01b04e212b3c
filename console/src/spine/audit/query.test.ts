import { describe, expect, it } from 'vitest';
import { asLocal, asQuery, fromLocal, readFilter, writeFilter } from './query';

describe('filters of the log', () => {
  it('go into the address and come back', () => {
    const filter = { from: '1795312800000', act: 'view', kind: 'person', actor: 'a'.repeat(32), purpose: 'fulfil', decision: 'deny', reason: 'act.ungranted' };
    expect(readFilter(new URLSearchParams(writeFilter(filter).toString()))).toEqual(filter);
  });

  it('never carry what looks like a value', () => {
    const typed = { actor: '13800138000', reason: '13800138000', customer: '张三', act: 'Zhang San', purpose: '310101199001011234' };
    expect(writeFilter(typed).toString()).toBe('');
    expect(readFilter(new URLSearchParams('reason=13800138000&decision=maybe'))).toEqual({});
  });

  it('ask for a person where only an id is given', () => {
    expect(asQuery({ actor: 'b'.repeat(32) })).toEqual({ ActorKind: 'person', ActorId: 'b'.repeat(32) });
    expect(asQuery({})).toEqual({});
  });

  it('keep minutes in the reader own zone', () => {
    expect(fromLocal(asLocal('1795312800000'))).toBe('1795312800000');
    expect(fromLocal('')).toBeUndefined();
  });
});
