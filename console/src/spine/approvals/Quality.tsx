import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { when } from '../../shell/time';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import './approvals.css';

const words = defineWords(
  'vault-quality',
  {
    title: '金库质量月报',
    month: '月份',
    requests: '申请',
    approved: '批准',
    refused: '拒绝',
    expired: '过期',
    partial: '本月申请超过统计上限,以下数字不完整。',
    debts: '应急未复核',
    debtsHint: '复核完成前,当事人不能再次应急打开。',
    hasty: '不到 3 秒就作出的决定',
    hastyHint: '没有读过内容就答复。',
    never: '从不拒绝的审批人',
    neverHint: '至少 5 次决定,无一拒绝。',
    pairs: '互相批准的两个人',
    pairsHint: '互为审批人,且每次都批准。',
    unused: '批准后没有用过',
    unusedHint: '申请可能不必要。',
    beyond: '在预约时间之外使用',
    beyondHint: '逐项核对当时在做什么。',
    clean: '没有。',
    all: '全部 {{count}} 条',
    seconds: '{{seconds}} 秒',
    decisions: '{{count}} 次决定',
    each: '{{one}} 次与 {{other}} 次',
    by: '复核期限 {{when}}',
    late: '已逾期',
    person: '人员 {{id}}',
    approval: '申请 {{id}}',
  },
  {
    title: 'Vault quality, monthly',
    month: 'Month',
    requests: 'Requests',
    approved: 'Approved',
    refused: 'Refused',
    expired: 'Expired',
    partial: 'There were more requests this month than are counted; the numbers below are incomplete.',
    debts: 'Emergencies without a review',
    debtsHint: 'Until it is reviewed, the person can open no other.',
    hasty: 'Decided in under 3 seconds',
    hastyHint: 'Answered without having read.',
    never: 'Approvers who never refuse',
    neverHint: 'At least five decisions and not one refusal.',
    pairs: 'Pairs who approve each other',
    pairsHint: 'Each decides for the other, and always approves.',
    unused: 'Approved and never used',
    unusedHint: 'Perhaps it was not needed.',
    beyond: 'Used outside the booked hours',
    beyondHint: 'Check what was being done, one by one.',
    clean: 'None.',
    all: 'All {{count}}',
    seconds: '{{seconds}} s',
    decisions: '{{count}} decisions',
    each: '{{one}} and {{other}} times',
    by: 'review due {{when}}',
    late: 'overdue',
    person: 'Person {{id}}',
    approval: 'Request {{id}}',
  },
);

type Report = Schemas['VaultQualityReport'];

/** How the vault was worked in a month; every line opens the request behind it (domain.md §4). */
export default function Quality() {
  const say = useWords(words);
  const [query, setQuery] = useSearchParams();
  const month = query.get('month') ?? new Date().toISOString().slice(0, 7);
  const asked = useQuery({
    queryKey: ['vault-quality', month],
    queryFn: () => call(() => api.GET('/v1/approvals/quality', { params: { query: { month } } })),
  });
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Input
          type="month"
          aria-label={say('month')}
          value={month}
          max={new Date().toISOString().slice(0, 7)}
          className="month num"
          onChange={(event) => event.target.value !== '' && setQuery({ month: event.target.value }, { replace: true })}
        />
      </div>
      <Listing asked={asked} isEmpty={() => false}>
        {(report) => <Content report={report} />}
      </Listing>
    </>
  );
}

function Content({ report }: { report: Report }) {
  const say = useWords(words);
  const language = useLanguage();
  const person = (id: string) => <span className="num">{say('person', { id: id.slice(0, 8) })}</span>;
  const approval = (id: string) => (
    <Link className="num" to={`/approvals/request?id=${id}`}>
      {say('approval', { id: id.slice(0, 8) })}
    </Link>
  );
  return (
    <>
      <dl className="panel totals">
        {(['requests', 'approved', 'refused', 'expired'] as const).map((key) => (
          <div key={key}>
            <dt className="quiet">{say(key)}</dt>
            <dd className="num total">{report[key]}</dd>
          </div>
        ))}
      </dl>
      {!report.whole && <p className="warn">{say('partial')}</p>}
      <div className="findings">
        <Finding title={say('debts')} hint={say('debtsHint')}>
          {report.debts.map((one) => (
            <li key={one.approval} className="row wrap">
              {approval(one.approval)} {person(one.person)} <span className="spread" />
              <span className={one.overdue ? 'bad' : 'warn'}>{one.overdue ? say('late') : say('by', { when: when(one.until, language) })}</span>
            </li>
          ))}
        </Finding>
        <Finding title={say('hasty')} hint={say('hastyHint')}>
          {report.hasty.map((one) => (
            <li key={`${one.approval}-${one.person}`} className="row wrap">
              {approval(one.approval)} {person(one.person)} <span className="spread" />
              <span className="num warn">{say('seconds', { seconds: (one.ms / 1000).toFixed(1) })}</span>
            </li>
          ))}
        </Finding>
        <Finding title={say('never')} hint={say('neverHint')}>
          {report.neverRefused.map((one) => (
            <li key={one.person} className="row wrap">
              {person(one.person)} <span className="spread" />
              <span className="num">{say('decisions', { count: one.decisions })}</span>
            </li>
          ))}
        </Finding>
        <Finding title={say('pairs')} hint={say('pairsHint')}>
          {report.pairs.map((one) => (
            <li key={`${one.one}-${one.other}`} className="row wrap">
              {person(one.one)} {person(one.other)} <span className="spread" />
              <span className="num">{say('each', { one: one.byOne, other: one.byOther })}</span>
            </li>
          ))}
        </Finding>
        <Finding title={say('unused')} hint={say('unusedHint')}>
          {(report.unused as string[]).map((id) => (
            <li key={id}>{approval(id)}</li>
          ))}
        </Finding>
        <Finding title={say('beyond')} hint={say('beyondHint')}>
          {(report.beyondHours as string[]).map((id) => (
            <li key={id}>{approval(id)}</li>
          ))}
        </Finding>
      </div>
    </>
  );
}

const firstFew = 6;

function Finding({ title, hint, children }: { title: string; hint: string; children: ReactNode[] }) {
  const say = useWords(words);
  const [all, setAll] = useState(false);
  return (
    <section className="panel stack" aria-label={title}>
      <div className="row">
        <h2>{title}</h2>
        <span className="spread" />
        <span className={`num ${children.length > 0 ? 'warn' : 'quiet'}`}>{children.length}</span>
      </div>
      <p className="quiet">{children.length > 0 ? hint : say('clean')}</p>
      {children.length > 0 && <ul className="todos">{all ? children : children.slice(0, firstFew)}</ul>}
      {!all && children.length > firstFew && (
        <Button size="small" onClick={() => setAll(true)}>
          {say('all', { count: children.length })}
        </Button>
      )}
    </section>
  );
}
