/**
 * The key under which an act is sent once: the same for a second press and for the same again after a lost answer, until the server has said what came
 * of it. Then the next press means a new one. Keys live in this module, which dies with the page.
 */
const keys = new Map<string, string>();
const sending = new Set<string>();

/** Sends unless the same is on its way; null: it is. */
export async function once<T>(what: string, send: (key: string) => Promise<T>, isAnswer: (fault: unknown) => boolean): Promise<T | null> {
  if (sending.has(what)) return null;
  const key = keys.get(what) ?? crypto.randomUUID();
  keys.set(what, key);
  sending.add(what);
  try {
    const answer = await send(key);
    keys.delete(what);
    return answer;
  } catch (fault) {
    if (isAnswer(fault)) keys.delete(what);
    throw fault;
  } finally {
    sending.delete(what);
  }
}
