import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { api, call } from '../../api/client';
import { LevelMark } from '../../shell/LevelMark';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { useLanguage, useWords } from '../../shell/words';
import { useZoneName } from '../identity/places/zoneName';
import { ActName, Decision, type Entry, Reasons, useNamed } from './EntryLine';
import { Proof } from './Proof';
import { writeFilter } from './query';
import { kindKey, words } from './words';
import './audit.css';

const precise = (at: number, language: string): string =>
  new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hour12: false,
  }).format(at);

/** One entry: what it says, and its proof. */
export default function EntryPage() {
  const say = useWords(words);
  const [address] = useSearchParams();
  const id = address.get('id') ?? '';
  const good = /^[0-9a-f]{32}$/.test(id);
  const asked = useQuery({
    queryKey: ['audit-entry', id],
    enabled: good,
    queryFn: () => call(() => api.GET('/v1/audit/entries/{id}', { params: { path: { id } } })),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <p>
        <Link to="/assurance/log">← {say('back')}</Link>
      </p>
      {good ? (
        <>
          <Listing asked={asked} isEmpty={() => false}>
            {(entry) => <Told entry={entry} />}
          </Listing>
          {asked.data && <Proof key={id} id={id} />}
        </>
      ) : (
        <p className="quiet empty">{say('noEntry')}</p>
      )}
    </>
  );
}

function Told({ entry }: { entry: Entry }) {
  const say = useWords(words);
  const language = useLanguage();
  const named = useNamed();
  const me = useMe();
  const zoneName = useZoneName();
  const items = entry.items as string[];
  const clear = new Set(entry.reasons.filter((code) => code.startsWith('clear.')).map((code) => code.slice('clear.'.length)));
  const reasons = entry.reasons.filter((code) => !code.startsWith('clear.'));
  const log = (filter: Parameters<typeof writeFilter>[0]) => `/assurance/log?${writeFilter(filter)}`;
  return (
    <>
      <header className="row wrap">
        <h1 className="num">{entry.index == null ? say('unnumbered') : say('number', { n: entry.index.toLocaleString() })}</h1>
        <span className="quiet">· {entry.state === 'sealed' ? say('sealed') : say('pending')}</span>
        <span className="quiet num">· {precise(entry.at, language)}</span>
      </header>
      <section className="panel" aria-label={say('act')}>
        <dl className="told">
          <dt>{say('kind')}</dt>
          <dd>
            {say(kindKey(entry.actor.kind))}{' '}
            {entry.actor.id && (
              <>
                <code>{entry.actor.id}</code> <Link to={log({ kind: entry.actor.kind, actor: entry.actor.id })}>{say('sameActor')}</Link>
              </>
            )}
          </dd>
          <dt>{say('act')}</dt>
          <dd>
            <ActName act={entry.act} /> <Link to={log({ act: entry.act })}>{say('sameAct')}</Link>
          </dd>
          {entry.customer && (
            <>
              <dt>{say('customer')}</dt>
              <dd>
                <code className="long">{entry.customer}</code> <Link to={log({ customer: entry.customer })}>{say('sameCustomer')}</Link>
              </dd>
            </>
          )}
          {items.length > 0 && (
            <>
              <dt>{say('items')}</dt>
              <dd className="row wrap">
                {items.map((key) => (
                  <span key={key} className="item">
                    <LevelMark level={me.words.items.find((item) => item.key === key)?.level ?? 4} />
                    {named('items', key)}
                    {clear.has(key) && <strong className="warn"> {say('clearMark')}</strong>}
                  </span>
                ))}
              </dd>
            </>
          )}
          {entry.purpose && (
            <>
              <dt>{say('purpose')}</dt>
              <dd>{named('purposes', entry.purpose)}</dd>
            </>
          )}
          {entry.decision && (
            <>
              <dt>{say('decision')}</dt>
              <dd>
                <Decision decision={entry.decision} />
                <Reasons codes={reasons} />
              </dd>
            </>
          )}
          {!entry.decision && reasons.length > 0 && (
            <>
              <dt>{say('reason')}</dt>
              <dd>
                <Reasons codes={reasons} />
              </dd>
            </>
          )}
          <Ids label={say('approvals')} ids={entry.approvals as string[]} />
          <Ids label={say('authorisations')} ids={entry.authorisations as string[]} />
          {entry.count > 1 && (
            <>
              <dt>{say('count')}</dt>
              <dd className="num">{entry.count}</dd>
            </>
          )}
          <Ids label={say('channel')} ids={entry.channel ? [entry.channel] : []} />
          {entry.zone && (
            <>
              <dt>{say('zone')}</dt>
              <dd>{zoneName(entry.zone)}</dd>
            </>
          )}
          {entry.details && (
            <>
              <dt>{say('details')}</dt>
              <dd>
                {entry.details.erased
                  ? say('erased')
                  : [entry.details.ticket && `${say('ticket')} ${entry.details.ticket}`, entry.details.reason && `${say('freeReason')} ${entry.details.reason}`]
                      .filter(Boolean)
                      .join(' · ') || '—'}
              </dd>
            </>
          )}
          <dt>{say('entryId')}</dt>
          <dd>
            <code className="long">{entry.id}</code>
          </dd>
        </dl>
      </section>
    </>
  );
}

function Ids({ label, ids }: { label: string; ids: readonly string[] }) {
  return ids.length === 0 ? null : (
    <>
      <dt>{label}</dt>
      <dd>
        {ids.map((id) => (
          <code key={id} className="long">
            {id}{' '}
          </code>
        ))}
      </dd>
    </>
  );
}
