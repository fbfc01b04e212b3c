import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { ReasonForm } from '../../shell/ReasonForm';
import { Rows } from '../../shell/Rows';
import { companyDayOf, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { checkWords, ResultState } from './checkParts';

const words = defineWords(
  'log-check-results',
  {
    title: '检查结果通报',
    hint: '通报给您的日志检查结果。请在期限内确认,并写明怎样处理;逾期未确认的会上报个保负责人。',
    none: '没有通报给您的检查结果。',
    list: '通报给我的结果',
    check: '检查',
    span: '时间范围',
    found: '发现',
    nothing: '没有问题',
    questions: '疑问 {{count}}',
    violations: '违规 {{count}}',
    due: '确认期限',
    state: '状态',
    acts: '操作',
    acknowledge: '确认…',
    note: '怎样处理(没有问题可不写)',
    go: '确认收到',
  },
  {
    title: 'Results of log checks',
    hint: 'Results that went to you. Acknowledge each in time and say what is done about it; what is late goes to the data protection officer.',
    none: 'No result has gone to you.',
    list: 'Results that went to me',
    check: 'Check',
    span: 'Period',
    found: 'Found',
    nothing: 'nothing',
    questions: '{{count}} {{count|question|questions}}',
    violations: '{{count}} {{count|violation|violations}}',
    due: 'To acknowledge by',
    state: 'State',
    acts: 'Acts',
    acknowledge: 'Acknowledge…',
    note: 'What is done about it (may be left empty)',
    go: 'Acknowledge',
  },
);

type Result = Schemas['CirculationView'];

/** Results of checks that went to this person, acknowledged one by one (R54). */
export default function Results() {
  const say = useWords(words);
  const kindWords = useWords(checkWords);
  const language = useLanguage();
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [at, setAt] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ['log-check-results'], queryFn: () => call(() => api.GET('/v1/log-check-results')) });
  const acknowledge = (id: string, note: string) =>
    run(async () => {
      await call(() => api.POST('/v1/log-check-results/{id}/acknowledge', { params: { path: { id } }, body: note === '' ? {} : { note } }));
      setAt(null);
      await Promise.all(['log-check-results', 'todo'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(list) => list.results.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel" aria-label={say('list')}>
            <Rows<Result>
              label={say('list')}
              rows={list.results}
              id={(one) => one.id}
              marked={(one) => one.state === 'escalated'}
              columns={[
                {
                  key: 'check',
                  title: say('check'),
                  plain: true,
                  cell: (one) =>
                    me.policies.has('log.check') ? <Link to={`/assurance/check?id=${one.check}`}>{kindWords(one.kind)}</Link> : kindWords(one.kind),
                },
                {
                  key: 'span',
                  title: say('span'),
                  num: true,
                  cell: (one) =>
                    one.kind === 'daily' ? companyDayOf(one.from, language) : `${companyDayOf(one.from, language)} – ${companyDayOf(one.until, language)}`,
                },
                { key: 'found', title: say('found'), cell: (one) => <Found items={one.items} /> },
                { key: 'due', title: say('due'), num: true, cell: (one) => when(one.due, language) },
                {
                  key: 'state',
                  title: say('state'),
                  cell: (one) => (
                    <>
                      <ResultState state={one.state} />
                      {one.note && <div className="quiet">{one.note}</div>}
                    </>
                  ),
                },
                {
                  key: 'acts',
                  title: say('acts'),
                  unseen: true,
                  plain: true,
                  cell: (one) =>
                    one.state !== 'acknowledged' &&
                    at !== one.id && (
                      <div className="acts-cell">
                        <Button size="small" type="primary" onClick={() => setAt(one.id)}>
                          {say('acknowledge')}
                        </Button>
                      </div>
                    ),
                },
              ]}
              below={(one) =>
                at === one.id && (
                  <div className="stack">
                    {fault !== null && <ProblemNote fault={fault} />}
                    <ReasonForm
                      label={say('note')}
                      go={say('go')}
                      busy={busy}
                      needed={false}
                      onSend={(note) => void acknowledge(one.id, note)}
                      onLeave={() => setAt(null)}
                    />
                  </div>
                )
              }
            />
          </section>
        )}
      </Listing>
    </>
  );
}

function Found({ items }: { items: Result['items'] }) {
  const say = useWords(words);
  const { question = 0, violation = 0 } = items;
  if (question + violation === 0) return <span className="quiet">{say('nothing')}</span>;
  return (
    <span className="num">
      {question > 0 && <span className="warn">{say('questions', { count: question })} </span>}
      {violation > 0 && <span className="bad">{say('violations', { count: violation })}</span>}
    </span>
  );
}
