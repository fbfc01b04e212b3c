import { describe, expect, it } from 'vitest';
import { carried } from './codes';

describe('a code of an entry', () => {
  const id = '0123456789abcdef0123456789abcdef';
  it('carries a day, a person, a list or a purpose', () => {
    expect(carried('until.1798732799999')).toEqual({ kind: 'until', rest: '1798732799999' });
    expect(carried(`by.${id}`)).toEqual({ kind: 'by', rest: id });
    expect(carried(`list.${id}`)?.kind).toBe('list');
    expect(carried('separate-given.special')).toEqual({ kind: 'separate-given', rest: 'special' });
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
