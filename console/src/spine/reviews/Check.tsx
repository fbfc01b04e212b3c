import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { ReasonForm } from '../../shell/ReasonForm';
import { Rows } from '../../shell/Rows';
import { exactly, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { ActName, Decision } from '../audit/EntryLine';
import { Who } from '../identity/Who';
import { Circulation } from './Circulation';
import { CheckState, checkWords, percent } from './checkParts';
import './reviews.css';
import { Pager } from '../../shell/Pager';

const words = defineWords(
  'log-check',
  {
    back: '返回日志检查',
    noCheck: '没有指定检查,请从列表里打开。',
    views: '判断状态',
    waiting: '待判断',
    all: '全部',
    none: '没有待判断的条目。',
    list: '抽取的条目',
    at: '时间',
    who: '操作者',
    act: '动作',
    decision: '结果',
    verdict: '判断',
    normal: '正常',
    question: '疑问',
    violation: '违规',
    ask: '疑问…',
    breach: '违规…',
    why: '写明哪里不对',
    goQuestion: '记为疑问并通知责任人',
    goViolation: '记为违规并上报',
    own: '您自己的操作,由别人判断',
    system: '系统',
    entry: '打开条目',
    seed: '抽样种子 {{seed}},比例 {{share}},从 {{seen}} 条中抽取:任何人可据此重抽。',
    due: '期限 {{when}}',
    circulated: '已全部判完,结果已发给各单位责任人和个保负责人。',
  },
  {
    back: 'Back to log checks',
    noCheck: 'No check is named. Open one from the list.',
    views: 'State of judgement',
    waiting: 'To judge',
    all: 'All',
    none: 'Nothing left to judge.',
    list: 'Drawn entries',
    at: 'When',
    who: 'Who',
    act: 'Act',
    decision: 'Decision',
    verdict: 'Judgement',
    normal: 'Normal',
    question: 'Question',
    violation: 'Violation',
    ask: 'Question…',
    breach: 'Violation…',
    why: 'What is wrong with it',
    goQuestion: 'Record a question and tell who answers for it',
    goViolation: 'Record a violation and report it',
    own: 'Your own act: somebody else judges it',
    system: 'System',
    entry: 'Open the entry',
    seed: 'Seed {{seed}}, share {{share}}, drawn from {{seen}} entries: anybody can draw the same again.',
    due: 'due {{when}}',
    circulated: "All judged. The result has gone to the units' responsible people and the data protection officer.",
  },
);

type Item = Schemas['CheckItemView'];

/** The entries one check drew, judged one by one by somebody else than who acted. */
export default function CheckPage() {
  const say = useWords(words);
  const me = useMe();
  const [query, setQuery] = useSearchParams();
  const id = query.get('id') ?? '';
  const view = query.get('view') === 'all' ? 'all' : 'waiting';
  const after = query.get('after');
  const checks = useQuery({ queryKey: ['log-checks'], enabled: id !== '', queryFn: () => call(() => api.GET('/v1/log-checks')) });
  const check = checks.data?.checks.find((one) => one.id === id);
  const asked = useQuery({
    queryKey: ['log-check', id, view, after],
    enabled: id !== '',
    queryFn: () =>
      call(() =>
        api.GET('/v1/log-checks/{id}/items', { params: { path: { id }, query: { ...(view === 'waiting' && { state: 'open' }), ...(after && { after }) } } }),
      ),
  });
  if (id === '')
    return (
      <>
        <Link to="/assurance/checks">‹ {say('back')}</Link>
        <p className="quiet">{say('noCheck')}</p>
      </>
    );
  const at = (next: Record<string, string>) => new URLSearchParams({ id, ...(view === 'all' && { view }), ...next }).toString();
  return (
    <>
      <Link to="/assurance/checks">‹ {say('back')}</Link>
      {check && <Head check={check} />}
      <Segmented
        aria-label={say('views')}
        value={view}
        onChange={(next) => setQuery(next === 'all' ? { id, view: 'all' } : { id }, { replace: true })}
        options={[
          { value: 'waiting', label: say('waiting') },
          { value: 'all', label: say('all') },
        ]}
      />
      {check?.state === 'done' && me.policies.has('log.check') && <Circulation check={check.id} />}
      <Listing asked={asked} isEmpty={(page) => page.items.length === 0} empty={say('none')}>
        {(page) => (
          <section className="panel stack" aria-label={say('list')}>
            <Items items={page.items} />
            <Pager queue first={after ? at({}) : null} next={page.next ? at({ after: page.next }) : null} />
          </section>
        )}
      </Listing>
    </>
  );
}

function Head({ check }: { check: Schemas['CheckView'] }) {
  const say = useWords(words);
  const kindWords = useWords(checkWords);
  const language = useLanguage();
  return (
    <>
      <div className="row wrap">
        <h1>{kindWords(check.kind)}</h1>
        <CheckState state={check.state} />
        <span className="num">{percent(check.coveragePerMille)}</span>
        <span className="spread" />
        <span className="quiet num">{say('due', { when: when(check.due, language) })}</span>
      </div>
      <p className="quiet">{say('seed', { seed: check.seed, share: percent(check.perMille), seen: check.seen })}</p>
      {check.state === 'done' && <p className="good">{say('circulated')}</p>}
    </>
  );
}

function Items({ items }: { items: readonly Item[] }) {
  const say = useWords(words);
  const language = useLanguage();
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [at, setAt] = useState<{ item: string; verdict: 'question' | 'violation' | null } | null>(null);
  const judge = (item: Item, body: Schemas['CheckJudgement']) => {
    setAt({ item: item.id, verdict: body.verdict === 'normal' ? null : body.verdict });
    return run(async () => {
      await call(() => api.POST('/v1/log-checks/items/{id}/judge', { params: { path: { id: item.id } }, body }));
      setAt(null);
      await Promise.all(['log-check', 'log-checks', 'todo'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  };
  return (
    <Rows<Item>
      label={say('list')}
      rows={items}
      id={(one) => one.id}
      columns={[
        {
          key: 'at',
          title: say('at'),
          plain: true,
          num: true,
          cell: (one) =>
            me.policies.has('audit.read') ? (
              <Link to={`/assurance/entry?id=${one.entry}`} aria-label={`${say('entry')} ${exactly(one.at, language)}`}>
                {exactly(one.at, language)}
              </Link>
            ) : (
              exactly(one.at, language)
            ),
        },
        { key: 'who', title: say('who'), cell: (one) => (one.person ? <Who id={one.person} /> : say('system')) },
        { key: 'act', title: say('act'), cell: (one) => <ActName act={one.act} /> },
        { key: 'decision', title: say('decision'), cell: (one) => one.decision && <Decision decision={one.decision} /> },
        {
          key: 'verdict',
          title: say('verdict'),
          plain: true,
          cell: (one) =>
            one.state !== 'open' ? (
              <>
                <span className={one.state === 'normal' ? 'good' : one.state === 'question' ? 'warn' : 'bad'}>{say(one.state as 'normal')}</span>
                {one.reviewer && (
                  <span className="quiet">
                    {' '}
                    <Who id={one.reviewer} />
                  </span>
                )}
                {one.reason && <div>{one.reason}</div>}
              </>
            ) : one.person === me.session.person ? (
              <span className="quiet">{say('own')}</span>
            ) : (
              <div className="acts-cell start">
                <Button size="small" loading={busy && at?.item === one.id} onClick={() => void judge(one, { verdict: 'normal' })}>
                  {say('normal')}
                </Button>
                <Button size="small" onClick={() => setAt({ item: one.id, verdict: 'question' })}>
                  {say('ask')}
                </Button>
                <Button size="small" onClick={() => setAt({ item: one.id, verdict: 'violation' })}>
                  {say('breach')}
                </Button>
              </div>
            ),
        },
      ]}
      below={(one) => {
        if (at?.item !== one.id || (at.verdict === null && fault === null)) return null;
        const { verdict } = at;
        return (
          <div className="stack">
            {fault !== null && <ProblemNote fault={fault} />}
            {verdict && (
              <ReasonForm
                label={say('why')}
                go={say(verdict === 'question' ? 'goQuestion' : 'goViolation')}
                danger={verdict === 'violation'}
                busy={busy}
                onSend={(reason) => void judge(one, { verdict, reason })}
                onLeave={() => setAt(null)}
              />
            )}
          </div>
        );
      }}
    />
  );
}
