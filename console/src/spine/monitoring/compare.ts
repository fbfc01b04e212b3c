import type { Rule } from './sentence';

// Named by the type: a field that rules gain later cannot be left out of the comparison.
const fields: Record<keyof Rule, true> = { id: true, kind: true, measure: true, warn: true, act: true, response: true, sigmas: true };

const same = (a: Rule, b: Rule): boolean => (Object.keys(fields) as (keyof Rule)[]).every((key) => a[key] === b[key]);

/** A rule as it is and as it would be; null: there is none. */
export interface Change {
  id: string;
  now: Rule | null;
  next: Rule | null;
}

/** Every rule that a proposal changes, adds or takes out: what the second person confirms is all of it (R52). */
export function changes(next: readonly Rule[], now: readonly Rule[]): Change[] {
  const find = (rules: readonly Rule[], id: string) => rules.find((rule) => rule.id === id) ?? null;
  return [...new Set([...next, ...now].map((rule) => rule.id))]
    .map((id) => ({ id, now: find(now, id), next: find(next, id) }))
    .filter((one) => one.now === null || one.next === null || !same(one.next, one.now));
}
