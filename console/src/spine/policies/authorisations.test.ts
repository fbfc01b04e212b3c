import { describe, expect, it } from 'vitest';
import { type Authorisation, draftOf, inOrder, soonMs, standing } from './authorisations';

const row = (id: string, from: number, until: number) => ({ id, from, until }) as unknown as Authorisation;

describe('standing authorisations', () => {
  it('are to begin, in force, soon over or over, to the millisecond', () => {
    expect([standing(row('a', 0, 10), 10), standing(row('a', 5, 10), 4), standing(row('a', 0, soonMs + 1), 1), standing(row('a', 0, soonMs + 2), 1)]).toEqual([
      'over',
      'later',
      'soon',
      'in-force',
    ]);
  });
  it('stand by what ends first, and those that are over come last', () => {
    expect(inOrder([row('over-long', 0, 1), row('late', 0, 99), row('over', 0, 5), row('next', 0, 20)], 10).map((one) => one.id)).toEqual([
      'next',
      'late',
      'over',
      'over-long',
    ]);
  });
  it('are put in force exactly as they were approved, or not at all', () => {
    const draft = { from: 1, items: ['mobile'], post: 'counter', purpose: 'notify', until: 2 };
    expect(draftOf(JSON.stringify({ ...draft, subject: 'counter' }))).toEqual(draft);
    expect([draftOf('words'), draftOf('{"purpose":"notify"}'), draftOf('null')]).toEqual([null, null, null]);
  });
});
