import type { Schemas } from '../../api/client';

export type Authorisation = Schemas['AuthorisationRow'];
export type Draft = Schemas['AuthorisationDraft'];
export type When = 'in-force' | 'soon' | 'later' | 'over';

export const soonMs = 30 * 86_400_000;

/** Where it stands: to begin, in force, in force for thirty days at most, over. */
export function standing(one: { from: number; until: number }, now: number): When {
  if (one.until <= now) return 'over';
  if (one.from > now) return 'later';
  return one.until - now <= soonMs ? 'soon' : 'in-force';
}

/** What ends first comes first; what is over last, newest first. */
export const inOrder = (list: readonly Authorisation[], now: number): Authorisation[] =>
  [...list].sort((a, b) => {
    const [overA, overB] = [a.until <= now, b.until <= now];
    return Number(overA) - Number(overB) || (overA ? b.until - a.until : a.until - b.until);
  });

/** The draft that was approved, read out of the canonical text the approver saw; null when it is none. */
export function draftOf(preview: string): Draft | null {
  try {
    const { purpose, items, from, until, post, client } = JSON.parse(preview) as Partial<Draft>;
    if (typeof purpose !== 'string' || !Array.isArray(items) || typeof from !== 'number' || typeof until !== 'number') return null;
    return { purpose, items, from, until, ...(post && { post }), ...(client && { client }) } as Draft;
  } catch {
    return null;
  }
}
