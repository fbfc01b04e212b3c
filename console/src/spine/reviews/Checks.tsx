import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';

import { Rows } from '../../shell/Rows';
import { companyDayEnd, companyDayOf, companyDayStart, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { acts } from '../audit/words';
import { useColleagues } from '../identity/organisation';
import { Who } from '../identity/Who';
import { CheckState, checkWords, percent } from './checkParts';
import './reviews.css';
import { FormEnd } from '../../shell/FormEnd';

const words = defineWords(
  'log-checks',
  {
    title: '日志检查',
    start: '发起检查…',
    starting: '发起检查',
    coverage: '覆盖率',
    coverageHint: '已判断 / 已抽取',
    checks: '检查',
    overdue: '逾期',
    questions: '疑问',
    violations: '违规',
    seen: '抽样范围',
    entries: '{{count}} 条',
    none: '还没有检查。每天的运维和管理操作会自动抽查。',
    list: '检查任务',
    kind: '类别',
    span: '时间范围',
    due: '期限',
    progress: '进度',
    state: '状态',
    found: '发现',
    judged: '{{judged}} / {{drawn}}',
    nothing: '无',
    from: '起',
    until: '止',
    act: '只看动作(空:不限)',
    person: '只看某人(空:不限)',
    share: '抽取比例(千分之)',
    dueDay: '完成期限(空:七天)',
    go: '抽取并发起',
    circulate: '疑问和违规当即通知当事人单位的责任人;全部判完后,结果发给各单位责任人和个保负责人,逾期上报个保负责人。',
  },
  {
    title: 'Log checks',
    start: 'Start a check…',
    starting: 'Start a check',
    coverage: 'Coverage',
    coverageHint: 'judged of drawn',
    checks: 'Checks',
    overdue: 'Overdue',
    questions: 'Questions',
    violations: 'Violations',
    seen: 'Drawn from',
    entries: '{{count}} entries',
    none: "No checks yet. Each day's operations and administration are drawn by themselves.",
    list: 'Checks',
    kind: 'Kind',
    span: 'Period',
    due: 'Due',
    progress: 'Progress',
    state: 'State',
    found: 'Found',
    judged: '{{judged}} of {{drawn}}',
    nothing: 'none',
    from: 'From',
    until: 'To',
    act: 'Only this act (empty: any)',
    person: 'Only this person (empty: anybody)',
    share: 'Share drawn, per thousand',
    dueDay: 'Due (empty: in seven days)',
    go: 'Draw and start',
    circulate:
      "Questions and violations go at once to who answers for the person; once all is judged, the result goes to the units' responsible people and the data protection officer, and what is late to the officer.",
  },
);

type Check = Schemas['CheckView'];

const sum = (items: Check['items']): number => Object.values(items).reduce((all, n) => all + n, 0);

/** Sampled checks of the log: the daily queue of administration, special and spot checks, and how much of them was judged (R53, R54). */
export default function Checks() {
  const say = useWords(words);
  const kindWords = useWords(checkWords);
  const language = useLanguage();
  const me = useMe();
  const [starting, setStarting] = useState(false);
  const asked = useQuery({ queryKey: ['log-checks'], queryFn: () => call(() => api.GET('/v1/log-checks')) });
  const mayStart = me.policies.has('log.check');
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        {mayStart && (
          <Button size="small" onClick={() => setStarting(true)}>
            {say('start')}
          </Button>
        )}
      </div>
      {mayStart && <Statistics />}
      <Listing asked={asked} isEmpty={(list) => list.checks.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel stack" aria-label={say('list')}>
            <Rows<Check>
              label={say('list')}
              rows={list.checks}
              id={(one) => one.id}
              marked={(one) => one.state === 'overdue'}
              columns={[
                {
                  key: 'kind',
                  title: say('kind'),
                  plain: true,
                  cell: (one) => (
                    <>
                      <Link to={`/assurance/check?id=${one.id}`}>{kindWords(one.kind)}</Link>
                      {one.person && (
                        <>
                          {' '}
                          · <Who id={one.person} />
                        </>
                      )}
                      {one.act && <code className="mono"> {one.act}</code>}
                    </>
                  ),
                },
                {
                  key: 'span',
                  title: say('span'),
                  num: true,
                  cell: (one) => (one.kind === 'daily' ? companyDayOf(one.from, language) : `${when(one.from, language)} – ${when(one.until, language)}`),
                },
                {
                  key: 'progress',
                  title: say('progress'),
                  num: true,
                  cell: (one) => (
                    <>
                      {say('judged', { judged: sum(one.items) - (one.items.open ?? 0), drawn: sum(one.items) })}{' '}
                      <span className="quiet">{percent(one.coveragePerMille)}</span>
                    </>
                  ),
                },
                {
                  key: 'found',
                  title: say('found'),
                  cell: (one) => <Found items={one.items} />,
                },
                { key: 'state', title: say('state'), cell: (one) => <CheckState state={one.state} /> },
                { key: 'due', title: say('due'), num: true, cell: (one) => when(one.due, language) },
              ]}
            />
            <p className="quiet lead">{say('circulate')}</p>
          </section>
        )}
      </Listing>
      {starting && <Start onClose={() => setStarting(false)} />}
    </>
  );
}

function Found({ items }: { items: Check['items'] }) {
  const say = useWords(words);
  const { question = 0, violation = 0 } = items;
  if (question + violation === 0) return <span className="quiet">{say('nothing')}</span>;
  return (
    <span className="num">
      {question > 0 && (
        <span className="warn">
          {say('questions')} {question}{' '}
        </span>
      )}
      {violation > 0 && (
        <span className="bad">
          {say('violations')} {violation}
        </span>
      )}
    </span>
  );
}

function Statistics() {
  const say = useWords(words);
  const asked = useQuery({ queryKey: ['log-checks', 'statistics'], queryFn: () => call(() => api.GET('/v1/log-checks/statistics')) });
  return (
    <Listing asked={asked} isEmpty={() => false}>
      {(all) => (
        <dl className="panel figures">
          <div>
            <dt>{say('coverage')}</dt>
            <dd className="num">{percent(all.coveragePerMille)}</dd>
            <dd className="quiet num">
              {say('coverageHint')} {all.judged} / {all.drawn}
            </dd>
          </div>
          <div>
            <dt>{say('checks')}</dt>
            <dd className="num">{all.checks}</dd>
            <dd className={`num ${all.overdue > 0 ? 'bad' : 'quiet'}`}>
              {say('overdue')} {all.overdue}
            </dd>
          </div>
          <div>
            <dt>{say('questions')}</dt>
            <dd className={`num ${all.verdicts.question ? 'warn' : ''}`}>{all.verdicts.question ?? 0}</dd>
          </div>
          <div>
            <dt>{say('violations')}</dt>
            <dd className={`num ${all.verdicts.violation ? 'bad' : ''}`}>{all.verdicts.violation ?? 0}</dd>
          </div>
          <div>
            <dt>{say('seen')}</dt>
            <dd className="num">{say('entries', { count: all.seen })}</dd>
          </div>
        </dl>
      )}
    </Listing>
  );
}

interface Typed {
  kind: 'special' | 'spot';
  from: string;
  until: string;
  act?: string;
  person?: string;
  perMille: number;
  due?: string;
}

function Start({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const kindWords = useWords(checkWords);
  const tell = useSay();
  const queries = useQueryClient();
  const colleagues = useColleagues();
  const { fault, busy, run } = useRun();
  const start = (typed: Typed) =>
    run(async () => {
      const body = {
        kind: typed.kind,
        from: companyDayStart(typed.from),
        // The day itself belongs to it; the log cannot be asked beyond now, and a check is done when its time is over.
        until: Math.min(companyDayEnd(typed.until) + 1, Date.now()),
        perMille: typed.perMille,
        ...(typed.act ? { act: typed.act } : {}),
        ...(typed.person ? { person: typed.person } : {}),
        ...(typed.due ? { due: companyDayEnd(typed.due) } : {}),
      };
      await call(() => api.POST('/v1/log-checks', { body }));
      await queries.invalidateQueries({ queryKey: ['log-checks'] });
      onClose();
    });
  const needed = [{ required: true, message: '' }];
  return (
    <Drawer open title={say('starting')} onClose={onClose}>
      <Form<Typed> layout="vertical" requiredMark={false} initialValues={{ kind: 'spot', perMille: 50 }} onFinish={(typed) => void start(typed)}>
        <Form.Item name="kind" label={say('kind')}>
          <Select options={(['spot', 'special'] as const).map((one) => ({ value: one, label: kindWords(one) }))} />
        </Form.Item>
        <Form.Item name="from" label={say('from')} rules={needed}>
          <Input type="date" className="num" />
        </Form.Item>
        <Form.Item name="until" label={say('until')} rules={needed}>
          <Input type="date" className="num" />
        </Form.Item>
        <Form.Item name="act" label={say('act')}>
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={Object.entries(acts).map(([value, name]) => ({ value, label: tell(name) }))} />
        </Form.Item>
        <Form.Item name="person" label={say('person')}>
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={colleagues} />
        </Form.Item>
        <Form.Item name="perMille" label={say('share')} rules={needed}>
          <InputNumber min={1} max={1000} precision={0} />
        </Form.Item>
        <Form.Item name="due" label={say('dueDay')}>
          <Input type="date" className="num" />
        </Form.Item>
        <FormEnd fault={fault} busy={busy}>
          {say('go')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}
