import { describe, expect, it } from 'vitest';
import { clearOf, type Entry, joined, mostLines, since } from './follow';

const entry = (id: string, at: number, index: number | null = null): Entry => ({ id, at, index, reasons: [] }) as unknown as Entry;

describe('following the log', () => {
  it('puts new lines first, each once, and takes over the number of one that was sealed since', () => {
    const lines = joined([entry('b', 2), entry('a', 1, 7)], [entry('c', 3), entry('b', 2, 8)]);
    expect(lines.map((line) => [line.id, line.index])).toEqual([
      ['c', null],
      ['b', 8],
      ['a', 7],
    ]);
  });
  it('keeps a screenful', () => {
    const many = Array.from({ length: mostLines + 20 }, (_, i) => entry(String(i).padStart(4, '0'), i));
    const lines = joined(many.slice(0, 50), many.slice(50));
    expect([lines.length, lines[0]?.at]).toEqual([mostLines, mostLines + 19]);
  });
  it('asks from a little before the newest line, never before it began', () => {
    expect(since([], 500)).toBe(500);
    expect(since([entry('a', 50_000)], 500)).toBe(40_000);
    expect(since([entry('a', 600)], 500)).toBe(500);
  });
  it('names what was in clear', () => expect(clearOf({ reasons: ['clear.mobile', 'training.lapsed'] })).toEqual(['mobile']));
});
