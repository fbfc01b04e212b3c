/** Values in clear on the screen. They live in this state and nowhere else: not in a cache, not in storage, not in the address. */
export interface Reveal {
  value: string;
  /** UTC milliseconds at which it is masked again; null: at hang-up. */
  until: number | null;
  /** How long it was given, for the underline that shrinks. */
  lasts: number | null;
}

export type Reveals = Readonly<Record<string, Reveal>>;

export const remaskMs = 30_000;

type Step =
  | { do: 'show'; id: string; value: string; level: number; now: number }
  | { do: 'hide'; id: string }
  | { do: 'pass'; now: number }
  | { do: 'hide-all' }
  | { do: 'end' };

/** The call is over: what is answered afterwards stays unseen. */
const over: Reveals = Object.freeze({});

/** Level 3 and above is masked again after thirty seconds, everything at hang-up or Esc; never because a window changed (console.md). */
export function reveals(state: Reveals, step: Step): Reveals {
  if (state === over) return over;
  switch (step.do) {
    case 'show': {
      const lasts = step.level >= 3 ? remaskMs : null;
      return { ...state, [step.id]: { value: step.value, until: lasts === null ? null : step.now + lasts, lasts } };
    }
    case 'hide':
      return without(state, (id) => id === step.id);
    case 'pass':
      return without(state, (_, reveal) => reveal.until !== null && reveal.until <= step.now);
    case 'hide-all':
      return Object.keys(state).length === 0 ? state : {};
    case 'end':
      return over;
  }
}

function without(state: Reveals, gone: (id: string, reveal: Reveal) => boolean): Reveals {
  const kept = Object.entries(state).filter(([id, reveal]) => !gone(id, reveal));
  return kept.length === Object.keys(state).length ? state : Object.fromEntries(kept);
}
