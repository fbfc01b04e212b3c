import { describe, expect, it } from 'vitest';
import { inFileOrder, placeOf } from './csv';
import { inGroups } from './groups';
import { ago, companyDate, companyDayEnd, companyDayOf, companyDayStart } from './time';

const log = { zh: '日志', en: 'The log' };
const rights = { zh: '权限', en: 'Rights' };

describe('pages in groups', () => {
  it('keep their order, and groups stand where their first page stands', () => {
    const found = inGroups([{ path: 'a', group: log }, { path: 'b', group: rights }, { path: 'c', group: log }, { path: 'd' }]);
    expect(found.map((group) => [group.title?.en, group.pages.map((page) => page.path)])).toEqual([
      ['The log', ['a', 'c']],
      ['Rights', ['b']],
      [undefined, ['d']],
    ]);
  });
});

describe('mistakes of a file', () => {
  it('are placed by line and column as the server names them', () => {
    expect(placeOf('line 12, column 3')).toEqual({ line: 12, column: '3' });
    expect(placeOf('line 2, column last_use')).toEqual({ line: 2, column: 'last_use' });
    expect(placeOf('line 1')).toEqual({ line: 1, column: null });
    expect(placeOf('facts[3]')).toBeNull();
  });
  it('come in the order of the file', () => {
    const error = (at: string) => ({ at, code: 'x', zh: '错', en: 'wrong' });
    expect(inFileOrder([error('line 10'), error('line 9, column 1'), error('file')]).map((one) => one.at)).toEqual(['file', 'line 9, column 1', 'line 10']);
  });
});

describe('age', () => {
  it('is told in the largest whole unit, past and future', () => {
    const now = 1_700_000_000_000;
    expect(ago(now - 3 * 86_400_000 - 5, now, 'en')).toBe('3 days ago');
    expect(ago(now + 2 * 3_600_000 + 5, now, 'en')).toBe('in 2 hours');
    expect(ago(now - 59_000, now, 'en')).toBe('this minute');
    expect(ago(now - 3 * 86_400_000, now, 'zh')).toBe('3天前');
  });
});

describe('a day at the company', () => {
  it('ends there at midnight, wherever the browser is', () => {
    const end = companyDayEnd('2026-12-31');
    expect(new Date(end + 1).toISOString()).toBe('2026-12-31T16:00:00.000Z');
    expect(companyDayOf(end, 'en')).toBe('31 Dec 2026');
    expect(companyDayOf(end + 1, 'en')).toBe('1 Jan 2027');
    expect([companyDate(end), companyDate(end + 1)]).toEqual(['2026-12-31', '2027-01-01']);
    expect(companyDayStart('2027-01-01')).toBe(end + 1);
  });
});
