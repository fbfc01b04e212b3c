import { describe, expect, it } from 'vitest';
import { carried, counted, sceneOf } from './codes';

describe('a code of an entry', () => {
  const id = '0123456789abcdef0123456789abcdef';
  it('carries a day, a person, a list or a purpose', () => {
    expect(carried('until.1798732799999')).toEqual({ kind: 'until', rest: '1798732799999' });
    expect(carried(`by.${id}`)).toEqual({ kind: 'by', rest: id });
    expect(carried(`list.${id}`)?.kind).toBe('list');
    expect(carried('separate-given.special')).toEqual({ kind: 'separate-given', rest: 'special' });
  });
  it('carries a scene, a month, a number', () => {
    expect(['scene.cdr', 'month.2026-10', 'month.2026-13', 'co-operators.3', 'co-operators.many'].map((code) => carried(code)?.rest ?? null)).toEqual([
      'cdr',
      '2026-10',
      null,
      '3',
      null,
    ]);
    expect([counted('changed-12'), counted('known-0'), counted('rejected-1'), counted('changed-x'), counted('changed')]).toEqual([
      { what: 'changed', count: '12' },
      { what: 'known', count: '0' },
      { what: 'rejected', count: '1' },
      null,
      null,
    ]);
    expect(['scene.cdr', 'no_reader', 'month.2026-10', 'customer-code', 'access.denied'].map(sceneOf)).toEqual(['cdr', 'no_reader', null, null, null]);
  });
  it('is itself where it is the code of a refusal', () => {
    expect(['list.masked', 'list.hidden', 'until.soon', 'consent.withdrawn', 'vault.required', 'daily'].map(carried)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
