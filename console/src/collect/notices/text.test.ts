import { describe, expect, it } from 'vitest';
import { linesOf, recipientsOf, wordsOf } from './text';

describe('the pieces of a notice', () => {
  it('take recipients a line each, and none that lacks a part', () => {
    const one = { name: 'A', contact: 'b', purpose: 'c', method: 'd', kinds: 'e' };
    expect(recipientsOf(`${linesOf([one, one])}\n\n`)).toEqual([one, one]);
    expect(recipientsOf('A | b | c | d')).toBeNull();
    expect(recipientsOf('A | b | c | d | e | f')).toBeNull();
    expect(recipientsOf('')).toEqual([]);
  });

  it('leave out what is empty only where it may be', () => {
    expect(wordsOf({ title: ' T ', necessity: ' ', impact: 'much' }, [])).toMatchObject({
      title: 'T',
      handler: '',
      necessity: null,
      impact: 'much',
      recipients: [],
    });
  });
});
