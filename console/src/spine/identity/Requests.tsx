import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { Once } from './Once';
import { usePostName, useUnits } from './organisation';
import './people.css';

const words = defineWords(
  'account-requests',
  {
    title: '账号申请',
    hint: '由业务负责人提出,管理员决定。批准后账号和岗位同时生效,缺一不可;提出的人不能自己决定。',
    waiting: '等待决定',
    decided: '已决定',
    noneWaiting: '没有等待决定的账号申请。',
    requested: '待决定',
    approved: '已批准',
    refused: '已拒绝',
    approve: '批准并建账号',
    refuse: '拒绝…',
    reason: '拒绝原因',
    send: '拒绝这份申请',
    leave: '返回',
    own: '您提出的申请,由另一位管理员决定。',
    employee: '员工',
    'third-party': '第三方',
    operations: '运维',
    ends: '{{when}} 到期',
    asked: '{{when}} 提出',
    name: '姓名与账号',
    kind: '类别',
    posts: '岗位',
    at: '提出',
    state: '结果',
    start: '初始密码(只显示这一次,请当面交给本人)',
  },
  {
    title: 'Account requests',
    hint: 'Asked for by those who answer for the work, decided by an administrator. Account and posts are there together or not at all; whoever asked does not decide.',
    waiting: 'Waiting',
    decided: 'Decided',
    noneWaiting: 'No request for an account waits.',
    requested: 'waiting',
    approved: 'approved',
    refused: 'refused',
    approve: 'Approve and create',
    refuse: 'Refuse…',
    reason: 'Why it is refused',
    send: 'Refuse this request',
    leave: 'Back',
    own: 'You asked for this one: another administrator decides.',
    employee: 'Employee',
    'third-party': 'Third party',
    operations: 'Operations',
    ends: 'ends {{when}}',
    asked: 'asked {{when}}',
    name: 'Name and account',
    kind: 'Kind',
    posts: 'Posts',
    at: 'Asked',
    state: 'Outcome',
    start: 'Start password (shown this once; hand it over in person)',
  },
);

type AccountRequest = Schemas['AccountRequestView'];

/** Accounts that were asked for, and their decision (R10). */
export default function Requests() {
  const say = useWords(words);
  const asked = useQuery({ queryKey: ['account-requests'], queryFn: () => call(() => api.GET('/v1/account-requests')) });
  const [start, setStart] = useState<string | null>(null);
  const tell = useSay();
  const language = useLanguage();
  const told = useWanted();
  const waiting = asked.data?.filter((one) => one.state === 'requested');
  const decided = asked.data?.filter((one) => one.state !== 'requested') ?? [];
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('hint')}</p>
      {start && (
        <section className="panel">
          <Once label={say('start')} value={start} onKept={() => setStart(null)} />
        </section>
      )}
      <Listing asked={{ ...asked, data: waiting }} isEmpty={(list) => list.length === 0} empty={say('noneWaiting')}>
        {(list) => (
          <section className="panel stack" aria-label={say('waiting')}>
            <h2>{say('waiting')}</h2>
            <ul className="todos">
              {list.map((one) => (
                <Line key={one.id} request={one} onStart={setStart} />
              ))}
            </ul>
          </section>
        )}
      </Listing>
      {decided.length > 0 && (
        <section className="panel stack" aria-label={say('decided')}>
          <h2>{say('decided')}</h2>
          <Rows<AccountRequest>
            label={say('decided')}
            rows={decided}
            id={(one) => one.id}
            columns={[
              {
                key: 'name',
                title: say('name'),
                plain: true,
                cell: (one) => (
                  <>
                    <strong>{one.name}</strong> <span className="quiet">{one.account}</span>
                  </>
                ),
              },
              { key: 'kind', title: say('kind'), cell: (one) => (one.partner ? `${say(one.kind)} · ${one.partner}` : say(one.kind)) },
              { key: 'posts', title: say('posts'), cell: (one) => one.posts.map(told).join(tell({ zh: '、', en: ', ' })) },
              { key: 'at', title: say('at'), num: true, cell: (one) => when(one.requested, language) },
              { key: 'state', title: say('state'), cell: (one) => <span className={one.state === 'approved' ? 'good' : 'bad'}>{say(one.state)}</span> },
            ]}
          />
        </section>
      )}
    </>
  );
}

/** A post that was asked for, with its unit. */
function useWanted(): (wanted: AccountRequest['posts'][number]) => string {
  const post = usePostName();
  const units = useUnits();
  return (wanted) => `${post(wanted.post)} · ${units.nameOf(wanted.unit)}`;
}

function Line({ request, onStart }: { request: AccountRequest; onStart: (password: string) => void }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const told = useWanted();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState('');
  const decide = (body: Schemas['AccountDecision']) =>
    run(async () => {
      const made = await call(() => api.POST('/v1/account-requests/{id}/decide', { params: { path: { id: request.id } }, body }));
      if (made.startPassword) onStart(made.startPassword);
      await Promise.all(['account-requests', 'people'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  const mayDecide = request.state === 'requested' && me.policies.has('people.manage');
  return (
    <li className="stack">
      <div className="row wrap">
        <strong>{request.name}</strong>
        <span className="quiet">{request.account}</span>
        <span>{request.partner ? `${say(request.kind)} · ${request.partner}` : say(request.kind)}</span>
        <span>{request.posts.map(told).join(tell({ zh: '、', en: ', ' }))}</span>
        {request.ends != null && <span className="num">{say('ends', { when: when(request.ends, language) })}</span>}
        <span className="quiet num">{say('asked', { when: when(request.requested, language) })}</span>
        <span className="spread" />
        {mayDecide && request.requester === me.session.person && <span className="warn">{say('own')}</span>}
        {mayDecide && request.requester !== me.session.person && !refusing && (
          <>
            <Button size="small" onClick={() => setRefusing(true)}>
              {say('refuse')}
            </Button>
            <Button size="small" type="primary" loading={busy} onClick={() => void decide({ verdict: 'approve' })}>
              {say('approve')}
            </Button>
          </>
        )}
      </div>
      {fault !== null && <ProblemNote fault={fault} />}
      {refusing && (
        <form
          className="row wrap"
          onSubmit={(event) => {
            event.preventDefault();
            void decide({ verdict: 'refuse', reason: reason.trim() });
          }}
          onKeyDown={(event) => event.key === 'Escape' && setRefusing(false)}
        >
          <Input
            className="filter"
            autoFocus
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            aria-label={say('reason')}
            placeholder={say('reason')}
            maxLength={400}
          />
          <Button onClick={() => setRefusing(false)}>{say('leave')}</Button>
          <Button danger htmlType="submit" loading={busy} disabled={reason.trim() === ''}>
            {say('send')}
          </Button>
        </form>
      )}
    </li>
  );
}
