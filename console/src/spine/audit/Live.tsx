import { Button, Segmented } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call } from '../../api/client';
import { LevelMark } from '../../shell/LevelMark';
import { Loading } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { exactly, when } from '../../shell/time';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { useClientName } from '../identity/clientNames';
import { Who } from '../identity/Who';
import { Decision, useNamed } from './EntryLine';
import { clearOf, type Entry, joined, since } from './follow';
import { words as auditWords, kindKey, short } from './words';
import './live.css';

const words = defineWords(
  'live',
  {
    title: '实时查看',
    hint: '每几秒读一次日志,不显示客户信息;点开一行看条目。每次读取也会留痕。',
    what: '看哪些',
    clear: '明文',
    all: '全部查看',
    following: '正在跟随',
    hidden: '窗口不在前台,已暂停',
    rested: '十分钟没有操作,已暂停',
    stopped: '已暂停',
    stop: '暂停',
    go: '继续跟随',
    since: '{{when}} 起',
    list: '查看记录',
    none: '从 {{when}} 起还没有人看过明文。',
    noneAll: '从 {{when}} 起还没有查看。',
    at: '时间',
    actor: '谁',
    customer: '客户',
    items: '信息项',
    purpose: '用途',
    decision: '结果',
    masked: '脱敏',
    more: '查看太多,有一部分没有显示,请到日志里查看。',
  },
  {
    title: 'Live reveals',
    hint: "Reads the log every few seconds and shows no customer's information. A line opens its entry. Each reading is logged too.",
    what: 'What to follow',
    clear: 'In clear',
    all: 'All views',
    following: 'Following',
    hidden: 'Paused: the window is not in front',
    rested: 'Paused: no activity for ten minutes',
    stopped: 'Paused',
    stop: 'Pause',
    go: 'Go on',
    since: 'since {{when}}',
    list: 'Views',
    none: 'Nobody has seen anything in clear since {{when}}.',
    noneAll: 'No view since {{when}}.',
    at: 'When',
    actor: 'Who',
    customer: 'Customer',
    items: 'Items',
    purpose: 'Purpose',
    decision: 'Decision',
    masked: 'masked',
    more: 'More than fit here: some are not shown. Look in the log.',
  },
);

const everyMs = 4_000;
const restMs = 10 * 60_000;
const backMs = 15 * 60_000;
const pageSize = 100;

type State = 'following' | 'hidden' | 'rested' | 'stopped';

/**
 * Reveals as they happen (issue 5): follows the log route. It rests while nobody looks, since every reading is an entry and keeps the session
 * alive.
 */
export default function Live() {
  const say = useWords(words);
  const language = useLanguage();
  const me = useMe();
  const [query, setQuery] = useSearchParams();
  const all = query.get('what') === 'all';
  const [begun] = useState(() => Date.now() - backMs);
  const { entries, missed, fault, state, setState } = useFollow(begun);
  const shown = (entries ?? []).filter((entry) => all || clearOf(entry).length > 0);
  const told = shown.length > 0 || fault === null;
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className={state === 'following' ? 'good' : 'warn'} role="status">
          <span aria-hidden="true">{state === 'following' ? '●' : '‖'}</span> {say(state)}
        </span>
        <span className="spread" />
        <Button size="small" onClick={() => setState(state === 'following' ? 'stopped' : 'following')}>
          {say(state === 'following' ? 'stop' : 'go')}
        </Button>
      </div>
      <p className="quiet">{say('hint')}</p>
      <div className="row wrap">
        <Segmented
          aria-label={say('what')}
          value={all ? 'all' : 'clear'}
          onChange={(next) => setQuery(next === 'all' ? { what: 'all' } : {}, { replace: true })}
          options={[
            { value: 'clear', label: say('clear') },
            { value: 'all', label: say('all') },
          ]}
        />
        <span className="quiet num">{say('since', { when: when(begun, language) })}</span>
      </div>
      {fault !== null && <ProblemNote fault={fault} onAgain={() => setState('following')} />}
      {missed && <p className="warn">{say('more')}</p>}
      {told && (
        <section className="panel live" aria-label={say('list')}>
          {/* Who looks, beside the lines and never over them. */}
          <span className="live-mark num" aria-hidden="true">
            {`${me.session.name} · ${me.session.account} · ${exactly(begun + backMs, language)}`}
          </span>
          {entries === null ? (
            <Loading />
          ) : shown.length === 0 ? (
            <p className="quiet empty">{say(all ? 'noneAll' : 'none', { when: when(begun, language) })}</p>
          ) : (
            <Lines entries={shown} />
          )}
        </section>
      )}
    </>
  );
}

/** The entries since then, the newest first; null: nothing was answered yet. */
function useFollow(begun: number) {
  const [entries, setEntries] = useState<Entry[] | null>(null);
  const [missed, setMissed] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const [state, setState] = useState<State>('following');
  const held = useRef<Entry[]>([]);
  const touched = useRef(Date.now());
  const ask = useRef(async () => {});
  ask.current = async () => {
    try {
      const page = await call(() => api.GET('/v1/audit/entries', { params: { query: { Act: 'view', From: since(held.current, begun), Size: pageSize } } }));
      held.current = joined(held.current, page.entries);
      setMissed((before) => before || Boolean(page.next));
      setEntries(held.current);
      setFault(null);
    } catch (thrown) {
      setFault(thrown);
      setState('stopped');
    }
  };
  useEffect(() => {
    const touch = () => {
      touched.current = Date.now();
    };
    const look = () => setState((now) => (now === 'following' && document.hidden ? 'hidden' : now === 'hidden' && !document.hidden ? 'following' : now));
    document.addEventListener('visibilitychange', look);
    addEventListener('pointermove', touch);
    addEventListener('keydown', touch);
    return () => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('pointermove', touch);
      removeEventListener('keydown', touch);
    };
  }, []);
  useEffect(() => {
    if (state !== 'following') return;
    touched.current = Date.now();
    let gone = false;
    let timer: ReturnType<typeof setTimeout>;
    const round = async () => {
      if (Date.now() - touched.current > restMs) return setState('rested');
      await ask.current();
      if (!gone) timer = setTimeout(() => void round(), everyMs);
    };
    void round();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [state]);
  return { entries, missed, fault, state, setState };
}

function Lines({ entries }: { entries: readonly Entry[] }) {
  const say = useWords(words);
  const language = useLanguage();
  const named = useNamed();
  const me = useMe();
  const kinds = useWords(auditWords);
  const client = useClientName();
  return (
    <Rows<Entry>
      label={say('list')}
      rows={entries}
      id={(entry) => entry.id}
      columns={[
        {
          key: 'at',
          title: say('at'),
          plain: true,
          num: true,
          cell: (entry) => <Link to={`/assurance/entry?id=${entry.id}`}>{exactly(entry.at, language)}</Link>,
        },
        {
          key: 'actor',
          title: say('actor'),
          cell: ({ actor }) =>
            actor.kind === 'person' && actor.id ? (
              <Who id={actor.id} />
            ) : (
              <>
                {kinds(kindKey(actor.kind))} {actor.id && <span title={actor.id}>{client(actor.id)}</span>}
              </>
            ),
        },
        { key: 'customer', title: say('customer'), cell: (entry) => entry.customer && <code title={entry.customer}>{short(entry.customer)}</code> },
        {
          key: 'items',
          title: say('items'),
          cell: (entry) => {
            const clear = clearOf(entry);
            return clear.length === 0 ? (
              <span className="quiet">{say('masked')}</span>
            ) : (
              clear.map((key) => (
                <span key={key} className="live-item">
                  <LevelMark level={Number(me.words.items.find((item) => item.key === key)?.level ?? 4)} />
                  {named('items', key)}
                </span>
              ))
            );
          },
        },
        { key: 'purpose', title: say('purpose'), cell: (entry) => entry.purpose && named('purposes', entry.purpose) },
        { key: 'decision', title: say('decision'), plain: true, cell: (entry) => <Decision decision={entry.decision} /> },
      ]}
    />
  );
}
