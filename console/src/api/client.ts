import createClient from 'openapi-fetch';
import { asksProof, Lost, type Problem, Refusal, readProblem } from './problem';
import type { components, paths } from './v1';

export type Schemas = components['schemas'];

/** Typed by docs/openapi/v1.json. The header keeps other sites from acting with the cookie (CsrfRules). */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', cache: 'no-store', headers: { 'X-Strongroom': '1' } });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the shell does about things that any request can meet. */
export interface Listener {
  /** Asks the person to prove who he is; true: the refused request may be sent again. */
  prove(problem: Problem): Promise<boolean>;
  signedOut(): void;
  lost(): void;
  answered(): void;
}

let listener: Listener = { prove: async () => false, signedOut: () => undefined, lost: () => undefined, answered: () => undefined };
export const listen = (next: Listener): void => {
  listener = next;
};

const gateway = (status: number): boolean => status === 502 || status === 504;

async function once<T>(send: () => Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await send();
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === 'AbortError') throw fault;
    listener.lost();
    throw new Lost();
  }

  if (answer.response.ok) {
    listener.answered();
    return answer.data as T;
  }

  const problem = readProblem(answer.response.status, answer.error, answer.response.headers.get('Retry-After'));
  if (gateway(answer.response.status)) {
    listener.lost();
    throw new Lost();
  }

  if (problem.code === 'signin.needed') listener.signedOut();
  throw new Refusal(problem);
}

/** Sends a request. A refusal that a fresh proof would lift asks for it once and then repeats the request as it was. */
export async function call<T>(send: () => Promise<Answer<T>>): Promise<T> {
  try {
    return await once(send);
  } catch (fault) {
    if (fault instanceof Refusal && asksProof(fault.problem) && (await listener.prove(fault.problem))) return once(send);
    throw fault;
  }
}

/** The same without asking for a proof: for the proof itself and for what must not open a dialog. */
export const callPlainly = once;
