import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, useNavigate } from 'react-router';
import { api, callPlainly } from '../api/client';
import { Refusal } from '../api/problem';
import { defineWords, useWords } from './words';

const words = defineWords('call-waits', { rings: '有来电等您接听,去坐席台' }, { rings: 'A call waits: to the desk' });

const key = 'F2';
const everyMs = 5000;
const refusedMs = 60_000;

/** Tells an agent on another page that a call rings, and goes to the desk by the key that takes it there. Nothing of the caller is kept or shown. */
export function CallWaits({ desk }: { desk: string }) {
  const say = useWords(words);
  const go = useNavigate();
  const waits = useQuery({
    queryKey: ['call-waits'],
    gcTime: 0,
    retry: false,
    // Not behind another window; and who is refused does not fill the log with it.
    refetchInterval: (asked) => (asked.state.error instanceof Refusal ? refusedMs : everyMs),
    queryFn: async ({ signal }) => (await callPlainly(() => api.GET('/v1/calls', { signal }))).calls.some((one) => one.state === 'waiting'),
  });
  const rings = waits.data === true && !waits.error;
  useEffect(() => {
    if (!rings) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== key) return;
      event.preventDefault();
      void go(desk);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [rings, go, desk]);
  return (
    <div role="status" className="call-waits">
      {rings && (
        <Link to={desk}>
          {say('rings')} <kbd>{key}</kbd>
        </Link>
      )}
    </div>
  );
}
