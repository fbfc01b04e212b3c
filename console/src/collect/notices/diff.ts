export interface Piece {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** A Chinese character, a word or a run of blanks each count as one. */
const tokens = (text: string): string[] => text.match(/\p{Script=Han}|[\p{L}\p{N}]+|\s+|./gsu) ?? [];

/** Longest common subsequence; equal ends are cut off first, so that two versions of a notice compare at once. */
export function diff(older: string, newer: string): Piece[] {
  const [a, b] = [tokens(older), tokens(newer)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [from, to] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const width = to.length + 1;
  const common = new Uint32Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i--)
    for (let j = to.length - 1; j >= 0; j--)
      common[i * width + j] =
        from[i] === to[j] ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);

  const pieces: Piece[] = [];
  const put = (kind: Piece['kind'], text: string) => {
    const last = pieces.at(-1);
    if (text === '') return;
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  put('same', a.slice(0, start).join(''));
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      put('same', from[i] as string);
      i++;
      j++;
    } else if (i < from.length && (j === to.length || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))) {
      put('gone', from[i++] as string);
    } else {
      put('new', to[j++] as string);
    }
  }
  put('same', a.slice(a.length - end).join(''));
  return pieces;
}
