import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Pagination, Segmented, Select } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { companyDayEnd, companyDayOf } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { Ready } from './GuardedActs';
import { usePostName, useUnits } from './organisation';
import './people.css';

const words = defineWords(
  'people',
  {
    title: '人员',
    find: '按姓名或账号筛选',
    which: '状态',
    active: '在用',
    suspended: '已停用',
    closed: '已注销',
    name: '姓名',
    account: '账号',
    posts: '岗位',
    kind: '类别',
    ends: '到期',
    employee: '员工',
    'third-party': '第三方',
    operations: '运维',
    noPosts: '没有岗位',
    none: '没有符合条件的人员。',
    create: '申请账号…',
    creating: '申请账号',
    createHint: '由另一位管理员在“账号申请”里决定;批准后账号才存在,初始密码只给批准的人看一次。',
    asked: '已提出,等另一位管理员决定。',
    locale: '界面语言',
    partner: '所属公司',
    make: '提出申请',
  },
  {
    title: 'People',
    find: 'Filter by name or account',
    which: 'State',
    active: 'Active',
    suspended: 'Suspended',
    closed: 'Closed',
    name: 'Name',
    account: 'Account',
    posts: 'Posts',
    kind: 'Kind',
    ends: 'Ends',
    employee: 'Employee',
    'third-party': 'Third party',
    operations: 'Operations',
    noPosts: 'no posts',
    none: 'Nobody fits.',
    create: 'Ask for an account…',
    creating: 'Ask for an account',
    createHint:
      'Another administrator decides under “Account requests”. The account exists once it is approved; the start password is shown once, to who approves.',
    asked: 'Asked. Another administrator decides.',
    locale: 'Language',
    partner: 'Company',
    make: 'Ask for it',
  },
);

type Person = Schemas['PersonView'];
type State = Schemas['MemberState'];
const PageSize = 50;
const states: State[] = ['active', 'suspended', 'closed'];

export const usePeople = () => useQuery({ queryKey: ['people'], queryFn: () => call(() => api.GET('/v1/people')) });

/** Names are searched in the page, never in its address. */
export const fitting = (people: readonly Person[], state: State, typed: string): Person[] => {
  const wanted = typed.trim().toLowerCase();
  return people
    .filter((one) => one.state === state && (wanted === '' || `${one.name} ${one.account}`.toLowerCase().includes(wanted)))
    .sort((a, b) => a.name.localeCompare(b.name));
};

/** Everybody with an account, and what posts they hold. */
export default function People() {
  const say = useWords(words);
  const language = useLanguage();
  const [query, setQuery] = useSearchParams();
  const [typed, setTyped] = useState('');
  const [page, setPage] = useState(1);
  const [creating, setCreating] = useState(false);
  const asked = usePeople();
  const post = usePostName();
  const units = useUnits();
  const tell = useSay();
  const state = states.find((one) => one === query.get('state')) ?? 'active';
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Button size="small" onClick={() => setCreating(true)}>
          {say('create')}
        </Button>
      </div>
      <Ready />
      <div className="row wrap">
        <Input
          className="filter"
          allowClear
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setPage(1);
          }}
          placeholder={say('find')}
          aria-label={say('find')}
        />
        <Segmented<State>
          aria-label={say('which')}
          value={state}
          onChange={(next) => {
            setQuery(next === 'active' ? {} : { state: next }, { replace: true });
            setPage(1);
          }}
          options={states.map((one) => ({ value: one, label: say(one) }))}
        />
      </div>
      <Listing asked={{ ...asked, data: asked.data && fitting(asked.data, state, typed) }} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel stack" aria-label={say('title')}>
            <Rows<Person>
              label={say('title')}
              rows={list.slice((page - 1) * PageSize, page * PageSize)}
              id={(one) => one.id}
              columns={[
                { key: 'name', title: say('name'), plain: true, cell: (one) => <Link to={`/people/person?id=${one.id}`}>{one.name}</Link> },
                { key: 'account', title: say('account'), cell: (one) => one.account },
                {
                  key: 'posts',
                  title: say('posts'),
                  cell: (one) =>
                    one.posts.length === 0 ? (
                      <span className="quiet">{say('noPosts')}</span>
                    ) : (
                      one.posts.map((held) => `${post(held.post)} · ${units.nameOf(held.unit)}`).join(tell({ zh: '、', en: ', ' }))
                    ),
                },
                { key: 'kind', title: say('kind'), cell: (one) => (one.partner ? `${say(one.kind)} · ${one.partner}` : say(one.kind)) },
                { key: 'ends', title: say('ends'), num: true, cell: (one) => one.ends != null && companyDayOf(one.ends, language) },
              ]}
            />
            {list.length > PageSize && (
              <Pagination size="small" current={page} pageSize={PageSize} total={list.length} showSizeChanger={false} onChange={setPage} />
            )}
          </section>
        )}
      </Listing>
      {creating && <Create onClose={() => setCreating(false)} />}
    </>
  );
}

interface Typed {
  account: string;
  name: string;
  locale: 'zh' | 'en';
  kind: Schemas['AccountKind'];
  partner?: string;
  ends?: string;
}

function Create({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [form] = Form.useForm<Typed>();
  const kind = Form.useWatch('kind', form);
  const [asked, setAsked] = useState(false);
  const make = (typed: Typed) =>
    run(async () => {
      const person = {
        account: typed.account.trim(),
        name: typed.name.trim(),
        locale: typed.locale,
        kind: typed.kind,
        ...(typed.kind === 'third-party' ? { partner: typed.partner?.trim() ?? null } : {}),
        ...(typed.ends ? { ends: companyDayEnd(typed.ends) } : {}),
      };
      await call(() => api.POST('/v1/account-requests', { body: { person, posts: [] } }));
      setAsked(true);
      await queries.invalidateQueries({ queryKey: ['account-requests'] });
    });
  return (
    <Drawer open title={say('creating')} onClose={onClose}>
      {asked ? (
        <p role="status">{say('asked')}</p>
      ) : (
        <Form<Typed>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ locale: 'zh', kind: 'employee' }}
          onFinish={(typed) => void make(typed)}
        >
          <p className="quiet">{say('createHint')}</p>
          {fault !== null && <ProblemNote fault={fault} />}
          <Form.Item name="name" label={say('name')} rules={[{ required: true, whitespace: true, message: '' }]}>
            <Input maxLength={100} autoComplete="off" />
          </Form.Item>
          <Form.Item name="account" label={say('account')} rules={[{ required: true, whitespace: true, message: '' }]}>
            <Input maxLength={64} autoComplete="off" />
          </Form.Item>
          <Form.Item name="kind" label={say('kind')}>
            <Select options={(['employee', 'third-party', 'operations'] as const).map((one) => ({ value: one, label: say(one) }))} />
          </Form.Item>
          {kind === 'third-party' && (
            <Form.Item name="partner" label={say('partner')} rules={[{ required: true, whitespace: true, message: '' }]}>
              <Input maxLength={100} />
            </Form.Item>
          )}
          {kind !== 'employee' && (
            <Form.Item name="ends" label={say('ends')} rules={[{ required: true, message: '' }]}>
              <Input type="date" className="num" />
            </Form.Item>
          )}
          <Form.Item name="locale" label={say('locale')}>
            <Select
              options={[
                { value: 'zh', label: '中文' },
                { value: 'en', label: 'English' },
              ]}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {say('make')}
          </Button>
        </Form>
      )}
    </Drawer>
  );
}
