import { describe, expect, it } from 'vitest';
import { type Place, pageOver, placeIn } from './paging';

const states = ['open', 'suspended', 'escalated'] as const;
type State = (typeof states)[number];
const held: Record<State, number[]> = { open: [1, 2, 3, 4, 5], suspended: [], escalated: [6, 7, 8] };

/** Two rows a page, as the server pages: a full page may be the last, and no next place is left out. */
const ask = async (state: State, after: string | null) => {
  const from = after === null ? 0 : held[state].indexOf(Number(after)) + 1;
  const rows = held[state].slice(from, from + 2);
  return { rows, ...(rows.length === 2 && { next: String(rows[1]) }) };
};

describe('a list over several states', () => {
  it('reaches every row of every state once', async () => {
    const pages: number[][] = [];
    let from: Place<State> | null = null;
    do {
      const page: { rows: number[]; next: Place<State> | null } = await pageOver(states, from, ask);
      pages.push(page.rows);
      from = page.next;
    } while (from !== null);
    expect(pages).toEqual([[1, 2], [3, 4], [5, 6, 7], [8]]);
  });
  it('goes on where the address says, and begins anew where it names no state of the list', () => {
    const place = (query: string) => placeIn(new URLSearchParams(query), states);
    expect(place('in=suspended&after=7.ab')).toEqual({ state: 'suspended', after: '7.ab' });
    expect([place(''), place('after=7.ab'), place('in=closed&after=7.ab'), place('in=open')]).toEqual([null, null, null, null]);
  });
});
