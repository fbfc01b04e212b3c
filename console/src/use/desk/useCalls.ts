import { useCallback, useEffect, useRef, useState } from 'react';
import { api, callPlainly } from '../../api/client';
import type { Ring } from './rings';

/** A caller waits: the server is asked this often. It enters a call in the log once, not each look, and no look keeps the session alive. */
const everyMs = 3_000;

/**
 * The calls of the telephone system for this person, in component state alone: reference and number are the caller's.
 * @param serving A call is being served: its end is noticed behind another window too, so that nothing is left open on the screen.
 * @param asks False: nothing is asked at all.
 */
export function useCalls(asks: boolean, serving: boolean): { calls: readonly Ring[]; look: () => void } {
  const [calls, setCalls] = useState<readonly Ring[]>([]);
  const busy = useRef(false);
  const look = useCallback(async () => {
    if (busy.current || (document.hidden && !serving)) return;
    busy.current = true;
    try {
      setCalls((await callPlainly(() => api.GET('/v1/calls'))).calls);
    } catch {
      // The shell tells of a lost server or session; what rang may ring on.
    } finally {
      busy.current = false;
    }
  }, [serving]);
  useEffect(() => {
    if (!asks) return undefined;
    const now = () => void look();
    now();
    const timer = setInterval(now, everyMs);
    document.addEventListener('visibilitychange', now);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', now);
    };
  }, [asks, look]);
  return { calls, look: () => void look() };
}
