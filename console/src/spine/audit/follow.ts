import type { Schemas } from '../../api/client';

export type Entry = Schemas['EntryView'];

/** Lines kept on the screen; the log keeps all of them. */
export const mostLines = 200;

/** New lines before those that are there, newest first, each once, and no more than a screen can be read of. */
export function joined(before: readonly Entry[], page: readonly Entry[]): Entry[] {
  const known = new Set(page.map((entry) => entry.id));
  // A line that was not sealed yet comes again with its number.
  return [...page, ...before.filter((entry) => !known.has(entry.id))].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).slice(0, mostLines);
}

/** What was opened in clear, by its item keys. */
export const clearOf = (entry: Pick<Entry, 'reasons'>): string[] =>
  entry.reasons.filter((code) => code.startsWith('clear.')).map((code) => code.slice('clear.'.length));

/** Where the next question begins: a little before the newest line, since another node may seal an earlier one later. */
export const since = (entries: readonly Entry[], begun: number): number => Math.max(begun, (entries[0]?.at ?? begun) - 10_000);
