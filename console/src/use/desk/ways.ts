import type { Schemas } from '../../api/client';
import { companyDate } from '../../shell/time';

/** How a second person takes part; in an emergency nobody does. */
export type Way = 'remote' | 'on-site' | 'emergency';

/** The ways all of these scenes allow, and the emergency, where it is kept at all: what changes something can wait for a second person. */
export function waysOf(scenes: readonly string[], known: readonly Schemas['SceneRow'][], act: 'view' | 'correct' = 'view'): Way[] {
  const rows = known.filter((row) => scenes.includes(row.scene));
  const all: Way[] = ['remote', 'on-site'];
  const ways: Way[] = rows.length > 0 ? all.filter((way) => rows.every((row) => row.modes.includes(way as Schemas['SceneMode']))) : ['remote'];
  return act === 'view' && known.some((row) => row.trigger.on === 'emergency' && row.enabled !== false) ? [...ways, 'emergency'] : ways;
}

/** The company's month, as the server reads it. */
export const thisMonth = (at: number): string => companyDate(at).slice(0, 7);
