import type { components } from './v1';

type Schemas = components['schemas'];
export type Reason = Schemas['Reason'];
export type Need = Schemas['Need'];
export type FieldError = Schemas['FieldError'];

/** A refusal as the server words it (RFC 9457 with both languages). Nothing in it is personal. */
export interface Problem {
  code: string;
  status: number;
  zh: string;
  en: string;
  reasons: Reason[];
  needs: Need[];
  errors: FieldError[];
  /** Seconds to wait before asking again, when the server named them. */
  wait: number | null;
}

/** Thrown when the server refuses. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

/** Thrown when the server cannot be reached. */
export class Lost extends Error {
  constructor() {
    super('server.lost');
  }
}

const prefix = '/problems/';
const list = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

export function readProblem(status: number, body: unknown, retryAfter: string | null): Problem {
  const told = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const type = typeof told.type === 'string' ? told.type : '';
  const wait = retryAfter === null ? Number.NaN : Number(retryAfter);
  return {
    code: type.startsWith(prefix) ? type.slice(prefix.length) : 'server.unknown',
    status,
    zh: typeof told.zh === 'string' ? told.zh : '服务器没有说明原因,请稍后再试。',
    en: typeof told.en === 'string' ? told.en : 'The server gave no reason. Try again a little later.',
    reasons: list<Reason>(told.reasons),
    needs: list<Need>(told.needs),
    errors: list<FieldError>(told.errors),
    wait: Number.isFinite(wait) ? wait : null,
  };
}

/**
 * Whether a reading that failed is asked once more by itself: one that met a change of the rules or of the caller's own rows was neither answered nor
 * written down, and is answered a moment later. Any other refusal stands, and a lost server is asked when it is back.
 */
export const mayAskAgain = (count: number, fault: unknown): boolean =>
  fault instanceof Refusal ? count < 3 && ['row.changed', 'access.unsettled'].includes(fault.problem.code) : !(fault instanceof Lost) && count < 1;

/** Whether the approval that a request came with is of no more use. After anything else the same request may come with it again. */
export const voidsGrant = (fault: unknown): boolean =>
  fault instanceof Refusal && [fault.problem.code, ...fault.problem.reasons.map((reason) => reason.code)].some((code) => /^(grant|approval)\./.test(code));

/** Whether nothing but a passkey will do. */
export const asksPasskey = (problem: Problem): boolean => problem.code === 'passkey.needed';

/** Whether a fresh proof of who acts would let the refused request through. */
export const asksProof = (problem: Problem): boolean =>
  problem.code === 'factor.needed' ||
  asksPasskey(problem) ||
  (problem.code === 'access.needs' && problem.needs.some((need) => need.what === 'step-up' || need.what === 'second-factor'));
