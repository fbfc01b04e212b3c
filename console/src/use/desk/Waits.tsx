import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, callPlainly } from '../../api/client';
import { useWords } from '../../shell/words';
import type { LineState } from './CardLine';
import { afterWait } from './waiting';
import { words } from './words';

const everyMs = 3000;

interface Props {
  waits: NonNullable<LineState['waits']>;
  /** UTC milliseconds: the end of the session, after which no answer helps. */
  until: number;
  state: LineState;
  set: (state: LineState) => void;
}

/** Looks whether a colleague has answered, behind another window too. It asks as long as the line stands, and so never after the call. */
export function Waits({ waits, until, state, set }: Props) {
  const say = useWords(words);
  const answer = useQuery({
    queryKey: ['desk-approval', waits.id],
    gcTime: 0,
    // The next look tells; a session that ended closes the desk anyway.
    retry: false,
    refetchInterval: () => (Date.now() < until ? everyMs : false),
    refetchIntervalInBackground: true,
    queryFn: ({ signal }) => callPlainly(() => api.GET('/v1/approvals/{id}', { params: { path: { id: waits.id } }, signal })),
  }).data;
  useEffect(() => {
    const next = answer && afterWait(answer, state);
    if (next) set(next);
  }, [answer]);
  return <p className="quiet">{say(waits.of === null ? 'approvalWaits' : 'correctionWaits')}</p>;
}
