import { describe, expect, it } from 'vitest';
import { bars, most } from './picture';

const line = (key: string, ...days: number[]) => ({ key, name: key.toUpperCase(), days, to: `log?${key}` });

describe('a picture', () => {
  it('sums its days, puts the longest bar first and leaves out what never happened', () => {
    expect(bars([line('a', 1, 0, 2), line('b', 4), line('c', 0, 0)], 'rest')).toEqual([
      { key: 'b', name: 'B', n: 4, to: 'log?b' },
      { key: 'a', name: 'A', n: 3, to: 'log?a' },
    ]);
  });
  it('never loses a number: what is beyond the last bar stands in one', () => {
    const lines = Array.from({ length: most + 3 }, (_, i) => line(`k${i}`, i + 1));
    const drawn = bars(lines, 'rest');
    expect(drawn).toHaveLength(most);
    expect(drawn.at(-1)).toMatchObject({ key: '*', name: 'rest', to: null });
    expect(drawn.reduce((sum, bar) => sum + bar.n, 0)).toBe(lines.reduce((sum, one) => sum + (one.days[0] ?? 0), 0));
  });
});
