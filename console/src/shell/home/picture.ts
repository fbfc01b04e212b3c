/** One bar of a picture: how often something happened, and where the entries behind it are listed. */
export interface Bar {
  key: string;
  name: string;
  n: number;
  /** A page of the console with its filter; null: nothing this person may open. */
  to: string | null;
}

/** The most bars a picture has; what is beyond them is one bar more. */
export const most = 7;

/** Longest first; the rest in one bar without a list of its own. Days of a window are summed. */
export function bars(lines: readonly { key: string; name: string; days: readonly number[]; to: string | null }[], rest: string): Bar[] {
  const sums = lines
    .map((line) => ({ key: line.key, name: line.name, n: line.days.reduce((sum, n) => sum + n, 0), to: line.to }))
    .filter((bar) => bar.n > 0)
    .sort((a, b) => b.n - a.n || a.key.localeCompare(b.key));
  if (sums.length <= most) return sums;
  const tail = sums.slice(most - 1);
  return [...sums.slice(0, most - 1), { key: '*', name: rest, n: tail.reduce((sum, bar) => sum + bar.n, 0), to: null }];
}
