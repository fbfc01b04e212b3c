import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Refusal } from '../../api/problem';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { companyDayEnd, exactly, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { PersonContact } from './Contact';
import { Ready } from './GuardedActs';
import { Once } from './Once';
import { usePostName, useUnits } from './organisation';
import { SsoLinks } from './SsoLinks';
import './people.css';

const words = defineWords(
  'person',
  {
    back: '返回人员',
    active: '在用',
    suspended: '已停用',
    closed: '已注销',
    own: '这是您自己的账号,由另一位管理员办理。',
    posts: '岗位',
    none: '没有岗位。',
    post: '岗位',
    unit: '单位',
    from: '起',
    until: '止',
    untilHint: '止(空:不限)',
    end: '结束',
    endSure: '结束这个岗位?立即生效。',
    grant: '授予岗位',
    go: '授予',
    second: '这个岗位要两位管理员',
    ask: '请另一位管理员批准',
    asked: '已请另一位管理员批准;批准后在上方"双人事项"办理。',
    sessions: '在线会话',
    noSessions: '没有在线会话。',
    began: '登录',
    seen: '最近使用',
    endAll: '全部结束',
    endAllSure: '结束此人的全部会话?',
    account: '账号状态',
    suspend: '停用',
    suspendSure: '停用后立即下线,可以恢复。',
    resume: '恢复',
    close: '注销',
    closeSure: '注销后不能恢复,岗位和会话全部结束。',
    recover: '登录方式',
    password: '给初始密码',
    passwordSure: '原密码作废,会话全部结束。',
    factors: '清除第二因素',
    factorsSure: '用于手机丢失。下次登录时重新设置。',
    start: '初始密码(只显示这一次,请当面交给本人)',
    yes: '确定',
    no: '返回',
  },
  {
    back: 'Back to people',
    active: 'Active',
    suspended: 'Suspended',
    closed: 'Closed',
    own: 'This is your own account: another administrator looks after it.',
    posts: 'Posts',
    none: 'No posts.',
    post: 'Post',
    unit: 'Unit',
    from: 'From',
    until: 'Until',
    untilHint: 'Until (empty: no end)',
    end: 'End',
    endSure: 'End this post? It takes effect at once.',
    grant: 'Give a post',
    go: 'Give',
    second: 'This post takes two administrators',
    ask: 'Ask the other administrator',
    asked: 'The other administrator was asked. Carry it out above, under “Acts that take two”, once approved.',
    sessions: 'Live sessions',
    noSessions: 'No live sessions.',
    began: 'Signed in',
    seen: 'Last used',
    endAll: 'End all',
    endAllSure: 'End all sessions of this person?',
    account: 'Account',
    suspend: 'Suspend',
    suspendSure: 'Signed out at once; it can be resumed.',
    resume: 'Resume',
    close: 'Close',
    closeSure: 'It cannot be undone: posts and sessions end.',
    recover: 'Sign-in',
    password: 'New start password',
    passwordSure: 'The present password and all sessions end.',
    factors: 'Clear the second factors',
    factorsSure: 'For a lost device. They are set up anew at the next sign-in.',
    start: 'Start password (shown this once; hand it over in person)',
    yes: 'Yes',
    no: 'Back',
  },
);

type View = Schemas['PersonView'];
type Held = Schemas['HeldPost'];
/** How long the second administrator has to answer and the act may then be carried out. */
const term = 24 * 3_600_000 - 60_000;

/** One account: its posts, its sessions, and what an administrator may do with it. */
export default function Person() {
  const say = useWords(words);
  const [query] = useSearchParams();
  const id = query.get('id') ?? '';
  const asked = useQuery({ queryKey: ['person', id], queryFn: () => call(() => api.GET('/v1/people/{id}', { params: { path: { id } } })) });
  return (
    <>
      <Link to="/people">‹ {say('back')}</Link>
      <Listing asked={asked} isEmpty={() => false}>
        {(person) => <Content person={person} />}
      </Listing>
    </>
  );
}

function Content({ person }: { person: View }) {
  const say = useWords(words);
  const me = useMe();
  const own = person.id === me.session.person;
  return (
    <>
      <div className="row wrap">
        <h1>{person.name}</h1>
        <span className="quiet">{person.account}</span>
        <span className={person.state === 'active' ? 'good' : 'bad'}>{say(person.state)}</span>
      </div>
      {own && <p className="warn">{say('own')}</p>}
      <Ready person={person.id} />
      <div className="person-page">
        <div className="stack">
          <Posts person={person} own={own} />
          {!own && person.state === 'active' && <Grant person={person} />}
        </div>
        <div className="stack">
          {!own && person.state !== 'closed' && <Account person={person} />}
          <Sessions person={person} own={own} />
          {!own && person.state !== 'closed' && <SsoLinks person={person} term={term} />}
          {!own && person.state !== 'closed' && <PersonContact person={person.id} />}
        </div>
      </div>
    </>
  );
}

function useAgain(id: string) {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['person', id] }),
      queries.invalidateQueries({ queryKey: ['person-sessions', id] }),
      queries.invalidateQueries({ queryKey: ['people'] }),
      queries.invalidateQueries({ queryKey: ['approvals'] }),
    ]);
}

function Posts({ person, own }: { person: View; own: boolean }) {
  const say = useWords(words);
  const language = useLanguage();
  const post = usePostName();
  const units = useUnits();
  const again = useAgain(person.id);
  const { fault, busy, run } = useRun();
  const end = (held: Held) =>
    run(async () => {
      await call(() => api.DELETE('/v1/people/{id}/posts/{post}/{unit}', { params: { path: { id: person.id, post: held.post, unit: held.unit } } }));
      await again();
    });
  return (
    <section className="panel stack" aria-label={say('posts')}>
      <h2>{say('posts')}</h2>
      {fault !== null && <ProblemNote fault={fault} />}
      {person.posts.length === 0 ? (
        <p className="quiet">{say('none')}</p>
      ) : (
        <Rows<Held>
          label={say('posts')}
          rows={person.posts}
          id={(held) => `${held.post}-${held.unit}-${held.from}`}
          columns={[
            { key: 'post', title: say('post'), cell: (held) => post(held.post) },
            { key: 'unit', title: say('unit'), cell: (held) => units.nameOf(held.unit) },
            { key: 'from', title: say('from'), num: true, cell: (held) => when(held.from, language) },
            { key: 'until', title: say('until'), num: true, cell: (held) => held.until != null && when(held.until, language) },
            !own && {
              key: 'end',
              title: say('end'),
              unseen: true,
              plain: true,
              cell: (held) => (
                <Popconfirm title={say('endSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void end(held)}>
                  <Button size="small" loading={busy}>
                    {say('end')}
                  </Button>
                </Popconfirm>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}

interface Typed {
  post: string;
  unit: string;
  until?: string;
}

/** A conflict of duties is told by the server before anybody is asked; what takes two goes to the second administrator with one press. */
function Grant({ person }: { person: View }) {
  const say = useWords(words);
  const me = useMe();
  const post = usePostName();
  const units = useUnits();
  const again = useAgain(person.id);
  const { fault, busy, run } = useRun();
  const [form] = Form.useForm<Typed>();
  const [asked, setAsked] = useState(false);
  const path = { id: person.id };
  const until = (typed: Typed) => (typed.until ? { until: companyDayEnd(typed.until) } : {});
  const give = (typed: Typed) =>
    run(async () => {
      setAsked(false);
      await call(() => api.POST('/v1/people/{id}/posts', { params: { path }, body: { post: typed.post, unit: typed.unit, ...until(typed) } }));
      form.resetFields();
      await again();
    });
  const ask = () =>
    run(async () => {
      const typed = form.getFieldsValue();
      const body = { post: typed.post, unit: typed.unit, expires: Date.now() + term, ...until(typed) };
      await call(() => api.POST('/v1/people/{id}/posts/request', { params: { path }, body }));
      form.resetFields();
      setAsked(true);
      await again();
    });
  return (
    <section className="panel stack" aria-label={say('grant')}>
      <h2>{say('grant')}</h2>
      <Refused fault={fault} busy={busy} ask={ask} asked={asked} />
      <Form<Typed> form={form} layout="vertical" requiredMark={false} onFinish={(typed) => void give(typed)}>
        <Form.Item name="post" label={say('post')} rules={[{ required: true, message: '' }]}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={me.words.posts.map((one) => ({ value: one.key, label: post(one.key) }))} />
        </Form.Item>
        <Form.Item name="unit" label={say('unit')} rules={[{ required: true, message: '' }]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={(units.data ?? []).filter((unit) => unit.state === 'active').map((unit) => ({ value: unit.id, label: unit.name }))}
          />
        </Form.Item>
        <Form.Item name="until" label={say('untilHint')}>
          <Input type="date" className="num" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {say('go')}
        </Button>
      </Form>
    </section>
  );
}

/** What the server refused; where it wants a second administrator's approval, the button that asks for it. */
function Refused({ fault, busy, ask, asked }: { fault: unknown; busy: boolean; ask: () => Promise<void>; asked: boolean }) {
  const say = useWords(words);
  const takesTwo = fault instanceof Refusal && needsSecond(fault);
  return (
    <>
      {fault !== null && (
        <ProblemNote
          fault={fault}
          action={
            takesTwo ? (
              <Button size="small" onClick={() => void ask()} loading={busy}>
                {say('ask')}
              </Button>
            ) : undefined
          }
        />
      )}
      {asked && <p role="status">{say('asked')}</p>}
    </>
  );
}

/** The server refuses for want of a second administrator's approval. */
const needsSecond = (fault: Refusal): boolean =>
  fault.problem.code === 'post.administers' || fault.problem.reasons.some((reason) => reason.code === 'post.administers');

function Account({ person }: { person: View }) {
  const say = useWords(words);
  const again = useAgain(person.id);
  const { fault, busy, run } = useRun();
  const [start, setStart] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const params = { path: { id: person.id } };
  const act = (send: () => Promise<unknown>) =>
    run(async () => {
      await send();
      await again();
    });
  const ask = () =>
    act(async () => {
      await call(() => api.POST('/v1/people/{id}/start-password/request', { params, body: { expires: Date.now() + term } }));
      setAsked(true);
    });
  const sure = (title: string, label: string, send: () => Promise<unknown>, danger = false) => (
    <Popconfirm title={title} okText={say('yes')} cancelText={say('no')} onConfirm={() => void act(send)}>
      <Button size="small" danger={danger} loading={busy}>
        {label}
      </Button>
    </Popconfirm>
  );
  return (
    <section className="panel stack" aria-label={say('account')}>
      <h2>{say('account')}</h2>
      <Refused fault={fault} busy={busy} ask={ask} asked={asked} />
      {start && <Once label={say('start')} value={start} onKept={() => setStart(null)} />}
      <div className="acts">
        {person.state === 'active' && sure(say('suspendSure'), say('suspend'), () => call(() => api.POST('/v1/people/{id}/suspend', { params })))}
        {person.state === 'suspended' && (
          <Button size="small" loading={busy} onClick={() => void act(() => call(() => api.POST('/v1/people/{id}/resume', { params })))}>
            {say('resume')}
          </Button>
        )}
        {sure(say('closeSure'), say('close'), () => call(() => api.POST('/v1/people/{id}/close', { params })), true)}
      </div>
      {person.state === 'active' && (
        <>
          <h2>{say('recover')}</h2>
          <div className="acts">
            {sure(say('passwordSure'), say('password'), async () =>
              setStart((await call(() => api.POST('/v1/people/{id}/start-password', { params, body: {} }))).startPassword),
            )}
            {sure(say('factorsSure'), say('factors'), () => call(() => api.POST('/v1/people/{id}/factors/reset', { params, body: {} })))}
          </div>
        </>
      )}
    </section>
  );
}

function Sessions({ person, own }: { person: View; own: boolean }) {
  const say = useWords(words);
  const language = useLanguage();
  const again = useAgain(person.id);
  const { fault, busy, run } = useRun();
  const params = { path: { id: person.id } };
  const asked = useQuery({ queryKey: ['person-sessions', person.id], queryFn: () => call(() => api.GET('/v1/people/{id}/sessions', { params })) });
  const endAll = () =>
    run(async () => {
      await call(() => api.DELETE('/v1/people/{id}/sessions', { params }));
      await again();
    });
  return (
    <section className="panel stack" aria-label={say('sessions')}>
      <div className="row">
        <h2>{say('sessions')}</h2>
        <span className="spread" />
        {!own && (asked.data?.length ?? 0) > 0 && (
          <Popconfirm title={say('endAllSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void endAll()}>
            <Button size="small" danger loading={busy}>
              {say('endAll')}
            </Button>
          </Popconfirm>
        )}
      </div>
      {fault !== null && <ProblemNote fault={fault} />}
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('noSessions')}>
        {(list) => (
          <ul className="todos">
            {list.map((one) => (
              <li key={one.id} className="num">
                <div>
                  {say('began')} {exactly(one.created, language)}
                </div>
                <div className="quiet">
                  {say('seen')} {exactly(one.lastSeen, language)}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Listing>
    </section>
  );
}
