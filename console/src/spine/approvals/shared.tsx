import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { clock } from '../../shell/time';
import { useSay, useWords } from '../../shell/words';
import { words } from './words';

export type Approval = Schemas['ApprovalView'];
export type State = Schemas['ApprovalState'];

const day = 86_400_000;

/** The scenes with their names; the catalogue's words do not hold them. */
export const useScenes = (enabled = true) =>
  useQuery({ queryKey: ['scenes'], enabled, staleTime: 300_000, queryFn: async () => (await call(() => api.GET('/v1/scenes'))).scenes });

/** What a request is about, in one line: the scenes it fell under, else its act. */
export function useTitle(): (approval: Approval) => string {
  const say = useWords(words);
  const tell = useSay();
  const scenes = useScenes().data;
  return (approval) => {
    const named = approval.scenes.map((key) => scenes?.find((scene) => scene.scene === key)).filter((scene) => scene !== undefined);
    if (named.length > 0) return named.map((scene) => tell(scene)).join(tell({ zh: '、', en: ', ' }));
    return approval.act in words.zh ? say(approval.act as keyof typeof words.zh) : approval.act;
  };
}

export const stands = (approval: Approval): boolean => approval.state === 'approved' || approval.state === 'in-force';

export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** A countdown in tabular figures; the last minutes are coloured and named, not coloured alone. */
export function Countdown({ until }: { until: number }) {
  const say = useWords(words);
  const now = useNow(1000);
  const left = until - now;
  const text =
    left <= 0
      ? say('over')
      : left >= day
        ? say('leftDays', { days: Math.floor(left / day), hours: Math.floor((left % day) / 3_600_000) })
        : say('left', { clock: long(left) });
  return <span className={`num ${left < 300_000 ? 'warn' : 'quiet'}`}>{text}</span>;
}

const long = (ms: number): string => {
  const hours = Math.floor(ms / 3_600_000);
  return hours > 0 ? `${hours}:${clock(ms % 3_600_000)}` : clock(ms);
};

const marks: Record<State, string> = { requested: '◌', approved: '✓', 'in-force': '✓', used: '■', refused: '✕', expired: '–', revoked: '↩', void: '✕' };
const tones: Record<State, string> = {
  requested: 'warn',
  approved: 'good',
  'in-force': 'good',
  used: 'quiet',
  refused: 'bad',
  expired: 'quiet',
  revoked: 'quiet',
  void: 'bad',
};

export function StateMark({ state }: { state: State }) {
  const say = useWords(words);
  return (
    <span className={`state ${tones[state]}`}>
      <span aria-hidden="true">{marks[state]}</span> {say(state)}
    </span>
  );
}
