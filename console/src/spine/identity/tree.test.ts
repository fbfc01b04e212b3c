import { describe, expect, it } from 'vitest';
import { days, mondayOf, plusDays } from './rosters/week';
import { inTree } from './tree';

const unit = (id: string, parent: string | null = null) => ({ id, parent, name: id });

describe('the tree of units', () => {
  it('lists what lies below after what lies above, and roots without their parent too', () => {
    expect(inTree([unit('b'), unit('a'), unit('a2', 'a'), unit('a1', 'a'), unit('x', 'gone')]).map((row) => [row.unit.id, row.depth])).toEqual([
      ['a', 0],
      ['a1', 1],
      ['a2', 1],
      ['b', 0],
      ['x', 0],
    ]);
  });
  it('ends at a ring', () => expect(inTree([unit('a', 'b'), unit('b', 'a')])).toEqual([]));
});

describe('a week', () => {
  it('begins on Monday, whatever the day, also over the end of a year', () => {
    expect(mondayOf('2026-11-22')).toBe('2026-11-16');
    expect(mondayOf('2026-11-16')).toBe('2026-11-16');
    expect(days('2026-12-28')).toEqual(['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01', '2027-01-02', '2027-01-03']);
    expect(plusDays('2026-03-01', -1)).toBe('2026-02-28');
  });
});
