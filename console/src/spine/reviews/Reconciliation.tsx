import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { CsvImport } from '../../shell/CsvImport';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { Back, Pager } from '../../shell/Pager';
import { ProblemNote } from '../../shell/Problem';
import { type Place, pageOver, placeIn } from '../../shell/paging';
import { ReasonForm } from '../../shell/ReasonForm';
import { Rows } from '../../shell/Rows';
import { ago, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { useColleagues, useNames } from '../identity/organisation';
import { Who } from '../identity/Who';

const words = defineWords(
  'reconciliation',
  {
    title: '账号核对',
    own: '核对本系统账号',
    views: '核对结果',
    open: '待处理',
    explained: '已说明',
    mended: '已消除',
    runs: '核对记录',
    'none-open': '没有待处理的问题。',
    'none-explained': '没有已说明的问题。',
    'none-mended': '没有已消除的问题。',
    noRuns: '还没有核对过。',
    list: '发现的问题',
    kind: '问题',
    account: '系统 · 账号',
    people: '涉及',
    seen: '最近一次',
    first: '首次 {{when}}',
    again: '消除后又出现 {{count}} 次',
    orphan: '孤立账号:没有对应的人',
    left: '本人已离开,账号还在用',
    shared: '几个人共用一个账号',
    unapproved: '没有申请单的账号',
    bootstrap: '安装时建的账号,没有申请单',
    unused: '90 天没用的账号',
    'early-post': '批准之前就有了岗位',
    'operation-unapproved': '没有申请的操作',
    'operation-unknown': '未上报账号做的操作',
    'at-once': '同一时间多处使用',
    reopened: '又出现',
    explain: '说明原因…',
    why: '为什么这是对的;不对就去改,下次核对自动消除',
    go: '记为已说明',
    nobody: '没有对应的人',
    owner: '今后由谁负责',
    answers: '负责人:',
    acts: '操作',
    system: '系统',
    at: '时间',
    rows: '行数',
    opened: '新发现',
    reappeared: '又出现',
    gone: '已消除',
    unsettled: '待处理',
    by: '由',
    clock: '每日自动',
    accounts: '导入系统账号清单',
    accountsHint: '一份清单要包含该系统的全部账号:没列出的视为已消除。任何一行有误,整份不导入。state 为 active、disabled 或 closed。',
    operations: '导入系统操作记录',
    operationsHint: '每条操作应有申请或审批编号(ticket)。任何一行有误,整份不导入。',
    taken: '已核对 {{rows}} 行:新发现 {{opened}},又出现 {{reopened}},已消除 {{mended}}。',
  },
  {
    title: 'Reconciliation',
    own: 'Compare our own accounts',
    views: 'Findings',
    open: 'Open',
    explained: 'Explained',
    mended: 'Mended',
    runs: 'Runs',
    'none-open': 'Nothing is open.',
    'none-explained': 'Nothing has been explained.',
    'none-mended': 'Nothing has been mended yet.',
    noRuns: 'Nothing has been compared yet.',
    list: 'Findings',
    kind: 'Finding',
    account: 'System · account',
    people: 'Concerns',
    seen: 'Last seen',
    first: 'first {{when}}',
    again: 'came back {{count}} {{count|time|times}}',
    orphan: 'Orphan: nobody owns it',
    left: 'Its owner left, the account works on',
    shared: 'Several people share one account',
    unapproved: 'An account without a request',
    bootstrap: 'Made at installation, without a request',
    unused: 'Unused for 90 days',
    'early-post': 'Held a post before it was approved',
    'operation-unapproved': 'Done without an application',
    'operation-unknown': 'Done by an account that is not reported',
    'at-once': 'in several places at once',
    reopened: 'back again',
    explain: 'Explain…',
    why: 'Why this is as it should be; if it is not, mend it and the next run drops it',
    go: 'Record the explanation',
    nobody: 'nobody',
    owner: 'Who answers for it from now on',
    answers: 'answered for by',
    acts: 'Actions',
    system: 'System',
    at: 'When',
    rows: 'Rows',
    opened: 'New',
    reappeared: 'Back again',
    gone: 'Mended',
    unsettled: 'Open',
    by: 'By',
    clock: 'daily, by itself',
    accounts: "Import a system's accounts",
    accountsHint:
      'A list holds all accounts of its system: what it lacks counts as mended. One wrong line and nothing of it is taken. state is active, disabled or closed.',
    operations: "Import a system's operations",
    operationsHint: 'Each operation names the application or approval it rests on (ticket). One wrong line and nothing of it is taken.',
    taken: '{{rows}} rows compared: {{opened}} new, {{reopened}} back again, {{mended}} mended.',
  },
);

type Finding = Schemas['FindingView'];
type Run = Schemas['RunView'];
const views = { open: ['open', 'reopened'], explained: ['explained'], mended: ['mended'], runs: [] } as const;
type View = keyof typeof views;

const csv = { bodySerializer: (body: string) => body, headers: { 'Content-Type': 'text/csv' } };

/** What connected systems report, held against people and approvals here: findings that shrink (R36, R39). */
export default function Reconciliation() {
  const say = useWords(words);
  const me = useMe();
  const queries = useQueryClient();
  const [query, setQuery] = useSearchParams();
  const { fault, busy, run } = useRun();
  const [said, setSaid] = useState('');
  const view: View = (Object.keys(views) as View[]).find((one) => one === query.get('view')) ?? 'open';
  const runs = useQuery({ queryKey: ['reconciliation', 'runs'], queryFn: () => call(() => api.GET('/v1/reconciliation/runs')) });
  const again = () => queries.invalidateQueries({ queryKey: ['reconciliation'] });
  const tell = (taken: Schemas['Reconciled']) => {
    const sum = (key: 'rows' | 'opened' | 'reopened' | 'mended') => taken.systems.reduce((all, one) => all + one[key], 0);
    void again();
    return say('taken', { rows: sum('rows'), opened: sum('opened'), reopened: sum('reopened'), mended: sum('mended') });
  };
  const own = () => run(async () => setSaid(tell(await call(() => api.POST('/v1/reconciliation/own')))));
  const manages = me.policies.has('reconciliation.manage');
  const states = runs.data?.states ?? {};
  const count = (one: View) => views[one].reduce((all: number, state) => all + (states[state] ?? 0), 0);
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        {manages && (
          <Button size="small" loading={busy} onClick={() => void own()}>
            {say('own')}
          </Button>
        )}
      </div>
      {fault !== null && <ProblemNote fault={fault} />}
      {said && <p role="status">{said}</p>}
      <Segmented<View>
        aria-label={say('views')}
        value={view}
        onChange={(next) => setQuery(next === 'open' ? {} : { view: next }, { replace: true })}
        options={(Object.keys(views) as View[]).map((one) => ({ value: one, label: one === 'runs' || !runs.data ? say(one) : `${say(one)} ${count(one)}` }))}
      />
      {view === 'runs' ? (
        <Listing asked={runs} isEmpty={(list) => list.runs.length === 0} empty={say('noRuns')}>
          {(list) => <Runs runs={list.runs} />}
        </Listing>
      ) : (
        <Findings view={view} />
      )}
      {manages && (
        <>
          <CsvImport
            title={say('accounts')}
            header="system,account,person,state,last_use,request"
            hint={say('accountsHint')}
            send={async (text) => ({ done: tell(await call(() => api.POST('/v1/reconciliation/accounts', { body: text, ...csv }))), rejected: [] })}
          />
          <CsvImport
            title={say('operations')}
            header="system,account,act,time,ticket,device"
            hint={say('operationsHint')}
            send={async (text) => ({ done: tell(await call(() => api.POST('/v1/reconciliation/operations', { body: text, ...csv }))), rejected: [] })}
          />
        </>
      )}
    </>
  );
}

function Findings({ view }: { view: Exclude<View, 'runs'> }) {
  const say = useWords(words);
  const [query] = useSearchParams();
  const states: readonly Finding['state'][] = views[view];
  const from = placeIn(query, states);
  const asked = useQuery({
    queryKey: ['reconciliation', view, from],
    queryFn: () =>
      pageOver(states, from, async (state, after) => {
        const page = await call(() => api.GET('/v1/reconciliation/findings', { params: { query: { state, ...(after && { after }) } } }));
        return { rows: page.findings, next: page.next };
      }),
  });
  const earlier = (place: Place<string>) => new URLSearchParams({ view, in: place.state, after: place.after }).toString();
  const begin = `view=${view}`;
  return (
    <Listing asked={asked} isEmpty={(page) => page.rows.length === 0} empty={from ? <Back first={begin} /> : say(`none-${view}`)}>
      {(page) => (
        <section className="panel stack" aria-label={say('list')}>
          <Table findings={page.rows} />
          <Pager first={from && begin} next={page.next && earlier(page.next)} />
        </section>
      )}
    </Listing>
  );
}

function Table({ findings }: { findings: readonly Finding[] }) {
  const say = useWords(words);
  const comma = useSay()({ zh: '、', en: ', ' });
  const language = useLanguage();
  const me = useMe();
  const { nameOf } = useNames();
  const [explaining, setExplaining] = useState<string | null>(null);
  const now = Date.now();
  // Strongroom's own accounts are named by their person's id.
  const account = (one: Finding) => (one.system === 'strongroom' && one.account ? nameOf(one.account) : one.account);
  const what = (one: Finding): string => {
    if (!one.what) return '';
    const [act, at] = one.what.split('@');
    return at ? `${act} · ${when(Number(at), language)}` : one.what in words.zh ? say(one.what as 'at-once') : one.what;
  };
  return (
    <Rows<Finding>
      label={say('list')}
      rows={findings}
      id={(one) => one.id}
      marked={(one) => one.state === 'reopened'}
      columns={[
        {
          key: 'kind',
          title: say('kind'),
          plain: true,
          cell: (one) => (
            <>
              {say(one.kind)} {one.what && <span className="quiet num">{what(one)}</span>}
              {one.reopened > 0 && <div className="warn">{say('again', { count: one.reopened })}</div>}
              {one.reason && (
                <div className="quiet">
                  {one.by && nameOf(one.by)}: {one.reason}
                </div>
              )}
            </>
          ),
        },
        {
          key: 'account',
          title: say('account'),
          cell: (one) => (
            <>
              <span className="quiet">{one.system}</span> · {account(one) ?? '–'}
            </>
          ),
        },
        {
          key: 'people',
          title: say('people'),
          cell: (one) => {
            const people = one.people as string[];
            return people.length === 0 ? (
              <>
                <span className="quiet">{say('nobody')}</span>
                {one.owner && (
                  <div>
                    <span className="quiet">{say('answers')}</span> <Who id={one.owner} />
                  </div>
                )}
              </>
            ) : (
              people.map((id, i) => (
                <span key={id}>
                  {i > 0 && comma}
                  <Who id={id} />
                </span>
              ))
            );
          },
        },
        {
          key: 'seen',
          title: say('seen'),
          num: true,
          cell: (one) => <span title={say('first', { when: when(one.first, language) })}>{ago(one.seen, now, language)}</span>,
        },
        {
          key: 'explain',
          title: say('acts'),
          unseen: true,
          plain: true,
          cell: (one) =>
            (one.state === 'open' || one.state === 'reopened') &&
            me.policies.has('reconciliation.explain') && (
              <div className="acts-cell">
                <Button size="small" onClick={() => setExplaining(one.id)}>
                  {say('explain')}
                </Button>
              </div>
            ),
        },
      ]}
      below={(one) => (explaining === one.id ? <Explain finding={one} onLeave={() => setExplaining(null)} /> : null)}
    />
  );
}

/** What is nobody's gets somebody who answers for it, and never oneself (Reconciling.ExplainAsync). */
function Explain({ finding, onLeave }: { finding: Finding; onLeave: () => void }) {
  const say = useWords(words);
  const me = useMe();
  const queries = useQueryClient();
  const others = useColleagues().filter((one) => one.value !== me.session.person);
  const { fault, busy, run } = useRun();
  const [owner, setOwner] = useState<string>();
  const nobodys = finding.people.length === 0;
  const explain = (reason: string) =>
    run(async () => {
      const params = { path: { id: finding.id } };
      await call(() => api.POST('/v1/reconciliation/findings/{id}/explain', { params, body: { reason, ...(owner && { owner }) } }));
      onLeave();
      await queries.invalidateQueries({ queryKey: ['reconciliation'] });
    });
  return (
    <div className="stack">
      {fault !== null && <ProblemNote fault={fault} />}
      <ReasonForm
        label={say('why')}
        go={say('go')}
        busy={busy}
        ready={!nobodys || owner !== undefined}
        onLeave={onLeave}
        onSend={(reason) => void explain(reason)}
      >
        {nobodys ? (
          <Select
            autoFocus
            showSearch={{ optionFilterProp: 'label' }}
            className="chooser"
            aria-label={say('owner')}
            placeholder={say('owner')}
            value={owner}
            onChange={setOwner}
            options={others}
            popupMatchSelectWidth={false}
          />
        ) : undefined}
      </ReasonForm>
    </div>
  );
}

function Runs({ runs }: { runs: readonly Run[] }) {
  const say = useWords(words);
  const language = useLanguage();
  return (
    <section className="panel" aria-label={say('runs')}>
      <Rows<Run>
        label={say('runs')}
        rows={runs}
        id={(one) => `${one.system}-${one.at}`}
        columns={[
          { key: 'system', title: say('system'), plain: true, cell: (one) => one.system },
          { key: 'at', title: say('at'), num: true, cell: (one) => when(one.at, language) },
          { key: 'by', title: say('by'), cell: (one) => (one.by ? <Who id={one.by} /> : <span className="quiet">{say('clock')}</span>) },
          { key: 'rows', title: say('rows'), num: true, cell: (one) => one.rows },
          { key: 'opened', title: say('opened'), num: true, cell: (one) => one.opened },
          { key: 'reopened', title: say('reappeared'), num: true, cell: (one) => one.reopened },
          { key: 'mended', title: say('gone'), num: true, cell: (one) => one.mended },
          { key: 'unsettled', title: say('unsettled'), num: true, cell: (one) => <span className={one.unsettled > 0 ? 'warn' : ''}>{one.unsettled}</span> },
        ]}
      />
    </section>
  );
}
