import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Select } from 'antd';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { companyDayEnd, companyDayStart, companyToday, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { nameOf } from './mine';
import './approvals.css';

const words = defineWords(
  'delegations',
  {
    title: '请人代审',
    back: '返回审批',
    hint: '您不在时,由同一公司的同事以您的岗位答复申请。代审只转交答复,不转交查看或申请的权利,最长 31 天,不能再转。',
    standing: '现有代审',
    none: '没有代审安排。',
    given: '{{name}} 代您答复',
    taken: '您代 {{name}} 答复',
    all: '全部岗位',
    end: '结束',
    make: '新的代审',
    account: '同事的账号',
    from: '从',
    to: '到(含当天)',
    posts: '只限这些岗位(不选即全部)',
    reason: '原因',
    example: '例如:年假',
    go: '安排代审',
  },
  {
    title: 'Stand-ins',
    back: 'Back to approvals',
    hint: 'While you are away, a colleague of the same company answers requests under your posts. It passes on the answering, never a right to see or to ask; 31 days at most, and it cannot be passed on again.',
    standing: 'Arranged',
    none: 'No stand-in is arranged.',
    given: '{{name}} answers for you',
    taken: 'You answer for {{name}}',
    all: 'all posts',
    end: 'End',
    make: 'A new stand-in',
    account: 'Colleague’s account',
    from: 'From',
    to: 'To, that day included',
    posts: 'Only these posts (none: all of them)',
    reason: 'Reason',
    example: 'For example: annual leave',
    go: 'Arrange it',
  },
);

type Delegation = Schemas['DelegationView'];
interface Typed {
  account: string;
  from: string;
  to: string;
  posts?: string[];
  reason: string;
}
const longestMs = 31 * 86_400_000;

/** Who answers while somebody is away (R45). */
export default function Delegations() {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const queries = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const asked = useQuery({ queryKey: ['delegations'], queryFn: async () => (await call(() => api.GET('/v1/approvals/delegations'))).delegations });
  const making = useRun();
  const ending = useRun();
  const post = (key: string) => tell(me.words.posts.find((one) => one.key === key) ?? { zh: key, en: key });
  const again = () => queries.invalidateQueries({ queryKey: ['delegations'] });
  const make = (typed: Typed) =>
    making.run(async () => {
      const start = Math.max(Date.now(), companyDayStart(typed.from));
      const end = companyDayEnd(typed.to);
      await call(() =>
        api.POST('/v1/approvals/delegations', {
          body: {
            account: typed.account.trim(),
            start,
            until: Math.min(end, start + longestMs),
            reason: typed.reason.trim(),
            ...(typed.posts && typed.posts.length > 0 ? { posts: typed.posts } : {}),
          },
        }),
      );
      form.resetFields();
      await again();
    });
  const end = (id: string) =>
    ending.run(async () => {
      await call(() => api.POST('/v1/approvals/delegations/{id}/end', { params: { path: { id } } }));
      await again();
    });
  const line = (one: Delegation) => {
    const given = one.from === me.session.person;
    return (
      <li key={one.id} className="row wrap">
        <span>{say(given ? 'given' : 'taken', { name: nameOf(one, given ? one.to : one.from) })}</span>
        <span className="quiet">{one.posts ? (one.posts as string[]).map(post).join(tell({ zh: '、', en: ', ' })) : say('all')}</span>
        <span className="spread" />
        <span className="num quiet">
          {when(one.start, language)} – {when(one.until, language)}
        </span>
        <Button size="small" onClick={() => void end(one.id)} loading={ending.busy}>
          {say('end')}
        </Button>
      </li>
    );
  };
  return (
    <>
      <Link to="/approvals">‹ {say('back')}</Link>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      <section className="panel stack" aria-label={say('standing')}>
        <h2>{say('standing')}</h2>
        {ending.fault !== null && <ProblemNote fault={ending.fault} />}
        <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('none')}>
          {(list) => <ul className="todos">{list.map(line)}</ul>}
        </Listing>
      </section>
      <section className="panel stack narrow" aria-label={say('make')}>
        <h2>{say('make')}</h2>
        {making.fault !== null && <ProblemNote fault={making.fault} />}
        <Form<Typed> form={form} layout="vertical" requiredMark={false} onFinish={(typed) => void make(typed)}>
          <Form.Item name="account" label={say('account')} rules={[{ required: true, message: '' }]}>
            <Input autoComplete="off" maxLength={64} />
          </Form.Item>
          <div className="row">
            <Form.Item name="from" label={say('from')} rules={[{ required: true, message: '' }]} initialValue={companyToday()}>
              <Input type="date" min={companyToday()} className="num" />
            </Form.Item>
            <Form.Item name="to" label={say('to')} rules={[{ required: true, message: '' }]}>
              <Input type="date" min={companyToday()} className="num" />
            </Form.Item>
          </div>
          {me.session.posts.length > 1 && (
            <Form.Item name="posts" label={say('posts')}>
              <Select mode="multiple" options={[...me.posts].map((key) => ({ value: key, label: post(key) }))} />
            </Form.Item>
          )}
          <Form.Item name="reason" label={say('reason')} rules={[{ required: true, whitespace: true, message: '' }]}>
            <Input maxLength={500} placeholder={say('example')} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={making.busy}>
            {say('go')}
          </Button>
        </Form>
      </section>
    </>
  );
}
