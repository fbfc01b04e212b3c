import { describe, expect, it } from 'vitest';
import { changes } from './compare';
import type { Rule } from './sentence';

const refused: Rule = { id: 'refused', kind: 'threshold', measure: 'refused', warn: 20, act: 60, response: 'vault', sigmas: 3 };
const habit: Rule = { id: 'views-habit', kind: 'habit', measure: 'views', warn: 0, act: 60, response: 'notify', sigmas: 3 };

describe('a proposal of watch rules', () => {
  it('differs by every field of a rule', () => {
    const other: Partial<Rule>[] = [{ kind: 'reveals' }, { measure: 'views' }, { warn: 21 }, { act: 61 }, { response: 'notify' }, { sigmas: 9 }];
    for (const change of other) {
      const next = { ...refused, ...change };
      expect(changes([next, habit], [refused, habit])).toEqual([{ id: 'refused', now: refused, next }]);
    }
  });
  it('names what it adds and what it takes out', () => {
    expect(changes([habit], [refused])).toEqual([
      { id: 'views-habit', now: null, next: habit },
      { id: 'refused', now: refused, next: null },
    ]);
  });
  it('is none where only the order is another', () => {
    expect(changes([habit, { ...refused }], [refused, habit])).toEqual([]);
  });
});
