import { Link } from 'react-router';
import type { Schemas } from '../../api/client';
import { useMe } from '../../shell/me';
import { exactly } from '../../shell/time';
import { useLanguage, useSay, useWords } from '../../shell/words';
import { useReason } from './reasons';
import { acts, kindKey, short, words } from './words';

export type Entry = Schemas['EntryView'];

/** What a catalogue key is called; the key itself where the catalogue no longer has it. */
export function useNamed() {
  const tell = useSay();
  const me = useMe();
  return (list: 'items' | 'purposes' | 'records' | 'posts', key: string): string => tell(me.words[list].find((one) => one.key === key) ?? { zh: key, en: key });
}

export function ActName({ act }: { act: string }) {
  const tell = useSay();
  const known = acts[act];
  return known ? (
    <>
      {tell(known)} <code className="quiet">{act}</code>
    </>
  ) : (
    <code>{act}</code>
  );
}

export function Decision({ decision }: { decision: Entry['decision'] | undefined }) {
  const say = useWords(words);
  if (!decision) return null;
  const mark = { permit: ['good', '✓'], needs: ['warn', '◑'], deny: ['bad', '✕'] }[decision] as [string, string];
  return (
    <span className={mark[0]}>
      <span aria-hidden="true">{mark[1]}</span> {say(decision)}
    </span>
  );
}

/** The codes of an entry in words; which items were in clear stands at the items. */
export function Reasons({ codes }: { codes: readonly string[] }) {
  const told = codes.filter((code) => !code.startsWith('clear.'));
  const reason = useReason(told);
  return told.length === 0 ? null : (
    <div className="quiet reasons" title={told.join(' · ')}>
      {told.map(reason).join(' · ')}
    </div>
  );
}

/** Entries as a table that becomes cards on a phone. Every line opens its entry. */
export function EntryTable({ entries, marks }: { entries: readonly Entry[]; marks?: (entry: Entry) => React.ReactNode }) {
  const say = useWords(words);
  const language = useLanguage();
  const named = useNamed();
  return (
    <table className="entries">
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">{say('at')}</th>
          <th scope="col">{say('act')}</th>
          <th scope="col">{say('kind')}</th>
          <th scope="col">{say('customer')}</th>
          <th scope="col">{say('purpose')}</th>
          <th scope="col">{say('decision')}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td className="num quiet">
              {entry.index ?? say('pending')} {marks?.(entry)}
            </td>
            <td className="num">
              <Link to={`/assurance/entry?id=${entry.id}`}>{exactly(entry.at, language)}</Link>
            </td>
            <td>
              <ActName act={entry.act} />
              {entry.count > 1 && <span className="num quiet"> ×{entry.count}</span>}
            </td>
            <td>
              {say(kindKey(entry.actor.kind))} {entry.actor.id && <code title={entry.actor.id}>{short(entry.actor.id)}</code>}
            </td>
            <td>{entry.customer && <code title={entry.customer}>{short(entry.customer)}</code>}</td>
            <td>{entry.purpose && named('purposes', entry.purpose)}</td>
            <td>
              <Decision decision={entry.decision} />
              <Reasons codes={entry.reasons} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
