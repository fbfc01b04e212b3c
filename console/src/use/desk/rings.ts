import type { Schemas } from '../../api/client';

export type Ring = Schemas['CallView'];

/** Those that ring, the one that waits longest first. */
export const ringing = (calls: readonly Ring[]): Ring[] => calls.filter((one) => one.state === 'waiting').sort((a, b) => a.since - b.since);

/** How a call came to its end: the caller is gone, or the session reached its own. */
export type Over = 'hung-up' | 'expired';

/** As long as the server lists a call that was hung up, for its note (Telephony's wrap-up). */
const listedMs = 2 * 60_000;

/**
 * Null: the call goes on, as far as is known; a list from before it was taken says so too. A call that was never seen to be hung up and is gone just
 * before its session's end was not hung up.
 * @param id Null: no call of the telephone system.
 * @param left Milliseconds to the session's own end.
 */
export function overOf(calls: readonly Ring[], id: string | null, left: number): Over | null {
  const call = calls.find((one) => one.id === id);
  if (call?.state === 'ended') return 'hung-up';
  if (id === null || call) return left <= 0 ? 'expired' : null;
  return left <= listedMs ? 'expired' : 'hung-up';
}
