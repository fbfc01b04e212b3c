import type { FieldError } from '../api/problem';

/** Where in a file something is wrong, as the server names it: "line 3", "line 3, column 5", "line 3, column person", "facts[2]". */
export function placeOf(at: string): { line: number; column: string | null } | null {
  const found = /^line (\d+)(?:, column (\w+))?$/.exec(at);
  return found ? { line: Number(found[1]), column: found[2] ?? null } : null;
}

/** In the order of the file; what names no line comes first, since it is about the whole. */
export const inFileOrder = (errors: readonly FieldError[]): FieldError[] => [...errors].sort((a, b) => (placeOf(a.at)?.line ?? 0) - (placeOf(b.at)?.line ?? 0));
