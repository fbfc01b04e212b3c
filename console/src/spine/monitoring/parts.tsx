import { useQuery } from '@tanstack/react-query';
import { api, call } from '../../api/client';
import { when } from '../../shell/time';
import { useLanguage, useWords } from '../../shell/words';
import { useNames } from '../identity/organisation';
import type { Alert, Rule } from './sentence';
import { words } from './words';
import '../../shell/rows.css';

export const useWatch = () => useQuery({ queryKey: ['watch-rules'], staleTime: 60_000, queryFn: () => call(() => api.GET('/v1/monitoring/rules')) });

export const useRules = (): readonly Rule[] => useWatch().data?.rules ?? [];

/** Shape and word, then colour. */
export function Severity({ alert }: { alert: Alert }) {
  const say = useWords(words);
  return alert.stage === 'act' ? <span className="tag bad">▲ {say('act')}</span> : <span className="tag warn">△ {say('warn')}</span>;
}

/** What followed at once, where anything did. */
export function Response({ alert }: { alert: Alert }) {
  const say = useWords(words);
  return alert.response === 'notify' || alert.state === 'closed' ? null : <div className="warn">{say(alert.response)}</div>;
}

export function StateWords({ alert }: { alert: Alert }) {
  const say = useWords(words);
  const language = useLanguage();
  const { nameOf } = useNames();
  const last = alert.steps.at(-1);
  const tone = alert.state === 'open' ? 'warn' : alert.state === 'confirmed' ? 'bad' : '';
  return (
    <>
      <span className={tone}>{say(alert.state)}</span>
      {last && <div className="quiet num">{say('by', { name: nameOf(last.by), when: when(last.at, language) })}</div>}
    </>
  );
}
