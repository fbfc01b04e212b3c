/** Where a list over several states goes on. */
export interface Place<S> {
  state: S;
  after: string;
}

/** Reads the place out of an address; what names no state of the list is its beginning. */
export function placeIn<S extends string>(query: URLSearchParams, states: readonly S[]): Place<S> | null {
  const [state, after] = [states.find((one) => one === query.get('in')), query.get('after')];
  return state && after ? { state, after } : null;
}

/** The server pages one state at a time: the next state begins on the page on which the one before it ends, so that everything can be reached. */
export async function pageOver<S extends string, T>(
  states: readonly S[],
  from: Place<S> | null,
  ask: (state: S, after: string | null) => Promise<{ rows: readonly T[]; next?: string | null }>,
): Promise<{ rows: T[]; next: Place<S> | null }> {
  const rows: T[] = [];
  let after = from?.after ?? null;
  for (const state of from ? states.slice(states.indexOf(from.state)) : states) {
    const page = await ask(state, after);
    rows.push(...page.rows);
    // The server leaves out what is null.
    if (page.next) return { rows, next: { state, after: page.next } };
    after = null;
  }
  return { rows, next: null };
}
