import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call } from '../../api/client';
import { LevelMark } from '../../shell/LevelMark';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { companyDate, companyDayEnd, companyDayOf, companyDayStart, companyToday, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { useApprovals } from '../approvals/Queue';
import { stands } from '../approvals/shared';
import { useClientName } from '../identity/clientNames';
import { type Authorisation, draftOf, inOrder, standing } from './authorisations';
import '../../store/catalogue/catalogue.css';
import { FormEnd } from '../../shell/FormEnd';
import { Rows } from '../../shell/Rows';

const words = defineWords(
  'authorisations',
  {
    title: '使用授权',
    hint: '哪个岗位或系统,为了什么用途,可以看哪些信息的明文,到什么时候。没有授权就没有明文;授权由部门责任人批准,下一次请求即生效。',
    who: '岗位或系统',
    purpose: '用途',
    items: '信息项',
    term: '期限',
    state: '状态',
    'in-force': '有效',
    soon: '30 天内到期',
    later: '尚未开始',
    over: '已到期',
    current: '有效与待生效',
    all: '全部',
    none: '没有符合条件的使用授权。',
    until: '{{from}} 至 {{until}}',
    system: '系统 {{id}}',
    approval: '查看审批',
    end: '终止…',
    endTitle: '终止使用授权',
    endHint: '{{who}} 为「{{purpose}}」看明文的权利立即终止,所有节点下一次请求即生效。需要时重新申请。',
    endGo: '终止',
    cancel: '取消',
    ask: '申请授权…',
    asking: '申请使用授权',
    askHint: '提交后由部门责任人审批,他看到的就是下面这份草案;批准后回到本页办理生效。',
    post: '岗位',
    from: '开始',
    untilField: '到期(最长两年)',
    send: '提交申请',
    sent: '已提交,等待批准。',
    open: '查看申请',
    mine: '我申请的',
    ready: '已批准,等您办理',
    waiting: '等待批准',
    apply: '办理生效',
    allOf: '选该用途的全部信息项',
    filtered: '只看用途:{{purpose}}',
    clear: '不限用途',
  },
  {
    title: 'Use authorisations',
    hint: 'Which post or system may see which items in clear, for what, until when. Without one nothing is in clear; the data owner approves it, and it binds from the next request.',
    who: 'Post or system',
    purpose: 'Purpose',
    items: 'Items',
    term: 'Term',
    state: 'State',
    'in-force': 'in force',
    soon: 'ends within 30 days',
    later: 'not begun',
    over: 'over',
    current: 'In force and to come',
    all: 'All',
    none: 'No authorisation fits.',
    until: '{{from}} to {{until}}',
    system: 'System {{id}}',
    approval: 'Approval',
    end: 'End …',
    endTitle: 'End a use authorisation',
    endHint: 'The right of {{who}} to see items in clear for “{{purpose}}” ends at once, on every node from the next request. If it is needed again, ask anew.',
    endGo: 'End it',
    cancel: 'Cancel',
    ask: 'Ask for one …',
    asking: 'Ask for a use authorisation',
    askHint: 'The data owner reads exactly this draft and decides. Once approved, come back here and put it in force.',
    post: 'Post',
    from: 'Begins',
    untilField: 'Ends (two years at most)',
    send: 'Send',
    sent: 'Sent; it waits for approval.',
    open: 'Open the request',
    mine: 'Asked by me',
    ready: 'approved: put it in force',
    waiting: 'waits for approval',
    apply: 'Put in force',
    allOf: 'Choose all items of this purpose',
    filtered: 'Purpose: {{purpose}}',
    clear: 'Any purpose',
  },
);

const useAuthorisations = () =>
  useQuery({ queryKey: ['authorisations'], queryFn: async () => (await call(() => api.GET('/v1/authorisations'))).authorisations });

/** Standing use authorisations by what ends first; ended by who may approve them, asked for and put in force through an approval (R45). */
export default function Authorisations() {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const asked = useAuthorisations();
  const [address, setAddress] = useSearchParams();
  const [asking, setAsking] = useState(false);
  const [ending, setEnding] = useState<Authorisation | null>(null);
  const now = Date.now();
  const view = address.get('view') === 'all' ? 'all' : 'current';
  const purpose = me.words.purposes.find((one) => one.key === address.get('purpose'));
  const put = (change: Record<string, string>) =>
    setAddress({ ...(view === 'all' && { view }), ...(purpose && { purpose: purpose.key }), ...change }, { replace: true });
  const shown = asked.data && {
    ...asked,
    data: inOrder(asked.data, now).filter((one) => (view === 'all' || one.until > now) && (!purpose || one.purpose === purpose.key)),
  };
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Button type="primary" onClick={() => setAsking(true)}>
          {say('ask')}
        </Button>
      </div>
      <p className="quiet">{say('hint')}</p>
      <Mine />
      <div className="row wrap">
        <Segmented
          aria-label={say('state')}
          value={view}
          onChange={(next) => setAddress({ ...(next === 'all' && { view: 'all' }), ...(purpose && { purpose: purpose.key }) }, { replace: true })}
          options={[
            { value: 'current', label: say('current') },
            { value: 'all', label: say('all') },
          ]}
        />
        {purpose && (
          <>
            <span>{say('filtered', { purpose: tell(purpose) })}</span>
            <Button size="small" onClick={() => put({ purpose: '' })}>
              {say('clear')}
            </Button>
          </>
        )}
      </div>
      <Listing asked={shown ?? { ...asked, data: undefined }} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => <Sheet list={list} now={now} onEnd={setEnding} />}
      </Listing>
      {asking && <Ask onClose={() => setAsking(false)} />}
      {ending && <End one={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

/** What posts, purposes and items are called. */
function useWording() {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const client = useClientName();
  const of = (list: readonly { key: string; zh: string; en: string }[], key: unknown) =>
    tell(list.find((one) => one.key === key) ?? { zh: String(key), en: String(key) });
  return {
    who: (one: { post?: unknown; client?: unknown }) => (one.post ? of(me.words.posts, one.post) : say('system', { id: client(String(one.client ?? '')) })),
    purpose: (key: unknown) => of(me.words.purposes, key),
    items: (keys: readonly unknown[]) => keys.map((key) => of(me.words.items, key)).join(tell({ zh: '、', en: ', ' })),
  };
}

function Sheet({ list, now, onEnd }: { list: Authorisation[]; now: number; onEnd: (one: Authorisation) => void }) {
  const say = useWords(words);
  const language = useLanguage();
  const me = useMe();
  const name = useWording();
  const mayEnd = me.posts.has('data-owner') || me.posts.has('dpo');
  const day = (at: number) => companyDayOf(at, language);
  const tones = { 'in-force': 'good', soon: 'warn', later: 'quiet', over: 'quiet' } as const;
  const marks = { 'in-force': '✓', soon: '◷', later: '◌', over: '–' } as const;
  return (
    <section className="panel" aria-label={say('title')}>
      <Rows<Authorisation>
        label={say('title')}
        rows={list}
        id={(one) => one.id}
        columns={[
          { key: 'who', title: say('who'), plain: true, cell: (one) => <strong>{name.who(one)}</strong> },
          { key: 'purpose', title: say('purpose'), cell: (one) => name.purpose(one.purpose) },
          { key: 'items', title: say('items'), cell: (one) => name.items(one.items) },
          {
            key: 'term',
            title: say('term'),
            num: true,
            cell: (one) => {
              const at = standing(one, now);
              return (
                <>
                  <span className="together" title={when(one.until, language)}>
                    {say('until', { from: day(one.from), until: day(one.until) })}
                  </span>
                  <div className={tones[at]}>
                    {marks[at]} {say(at)}
                  </div>
                </>
              );
            },
          },
          {
            key: 'end',
            title: say('end'),
            unseen: true,
            plain: true,
            cell: (one) => (
              <div className="acts-cell">
                {one.approval && (
                  <Link to={`/approvals/request?id=${one.approval}`} className="nowrap">
                    {say('approval')}
                  </Link>
                )}
                {mayEnd && standing(one, now) !== 'over' && (
                  <Button size="small" onClick={() => onEnd(one)}>
                    {say('end')}
                  </Button>
                )}
              </div>
            ),
          },
        ]}
      />
    </section>
  );
}

function End({ one, onClose }: { one: Authorisation; onClose: () => void }) {
  const say = useWords(words);
  const name = useWording();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const end = () =>
    run(async () => {
      await call(() => api.POST('/v1/authorisations/{id}/end', { params: { path: { id: one.id } } }));
      await queries.invalidateQueries({ queryKey: ['authorisations'] });
      onClose();
    });
  return (
    <Modal
      open
      title={say('endTitle')}
      onCancel={onClose}
      okText={say('endGo')}
      cancelText={say('cancel')}
      okButtonProps={{ danger: true, loading: busy }}
      onOk={() => void end()}
    >
      <div className="stack">
        {fault !== null && <ProblemNote fault={fault} />}
        <p>{say('endHint', { who: name.who(one), purpose: name.purpose(one.purpose) })}</p>
        <p className="quiet">{name.items(one.items)}</p>
      </div>
    </Modal>
  );
}

interface Typed {
  post: string;
  purpose: string;
  items: string[];
  from: string;
  until: string;
}

const inYears = (years: number): string => {
  const at = new Date();
  at.setFullYear(at.getFullYear() + years);
  return companyDate(at.getTime());
};

function Ask({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [form] = Form.useForm<Typed>();
  const purpose = Form.useWatch('purpose', form);
  const [sent, setSent] = useState<string | null>(null);
  // Which items a purpose may use stands in the catalogue; whoever may not read that chooses from all, and the decision holds to it anyway.
  const catalogue = useQuery({
    queryKey: ['catalogue'],
    staleTime: 60_000,
    enabled: me.policies.has('catalogue.read'),
    queryFn: () => call(() => api.GET('/v1/catalogue')),
  }).data;
  const fits = (key: string) =>
    !catalogue || !purpose || (catalogue.items.find((item) => item.key === key)?.purposes as string[] | undefined)?.includes(purpose);
  const items = me.words.items.filter((item) => fits(item.key));
  const send = (typed: Typed) =>
    run(async () => {
      const authorisation = {
        post: typed.post,
        purpose: typed.purpose,
        items: typed.items,
        from: companyDayStart(typed.from),
        until: companyDayEnd(typed.until),
      };
      const made = await call(() => api.POST('/v1/authorisations/request', { body: { authorisation, until: Date.now() + 6 * 86_400_000 } }));
      setSent(made.approval);
      await queries.invalidateQueries({ queryKey: ['approvals'] });
    });
  const needed = [{ required: true, message: '' }];
  return (
    <Drawer open title={say('asking')} onClose={onClose} size="large">
      <div className="stack">
        {sent ? (
          <p role="status">
            {say('sent')} <Link to={`/approvals/request?id=${sent}`}>{say('open')}</Link>
          </p>
        ) : (
          <Form<Typed>
            form={form}
            layout="vertical"
            requiredMark={false}
            initialValues={{ from: companyToday(), until: inYears(1), items: [] }}
            onFinish={(typed) => void send(typed)}
          >
            <p className="quiet" style={{ marginBottom: 16 }}>
              {say('askHint')}
            </p>
            <Form.Item name="post" label={say('post')} rules={needed}>
              <Select showSearch={{ optionFilterProp: 'label' }} options={me.words.posts.map((post) => ({ value: post.key, label: tell(post) }))} />
            </Form.Item>
            <Form.Item name="purpose" label={say('purpose')} rules={needed}>
              <Select
                showSearch={{ optionFilterProp: 'label' }}
                onChange={() => form.setFieldValue('items', [])}
                options={me.words.purposes.map((one) => ({ value: one.key, label: tell(one) }))}
              />
            </Form.Item>
            <Form.Item name="items" label={say('items')} rules={needed}>
              <Select
                mode="multiple"
                showSearch={{ optionFilterProp: 'title' }}
                options={items.map((item) => ({
                  value: item.key,
                  title: tell(item),
                  label: (
                    <>
                      <LevelMark level={item.level} /> {tell(item)}
                    </>
                  ),
                }))}
              />
            </Form.Item>
            {purpose && catalogue && (
              <Button
                size="small"
                onClick={() =>
                  form.setFieldValue(
                    'items',
                    items.map((item) => item.key),
                  )
                }
              >
                {say('allOf')}
              </Button>
            )}
            <div className="row wrap">
              <Form.Item name="from" label={say('from')} rules={needed}>
                <Input type="date" />
              </Form.Item>
              <Form.Item name="until" label={say('untilField')} rules={needed}>
                <Input type="date" min={companyToday()} max={inYears(2)} />
              </Form.Item>
            </div>
            <FormEnd fault={fault} busy={busy}>
              {say('send')}
            </FormEnd>
          </Form>
        )}
      </div>
    </Drawer>
  );
}

/** Own requests on their way. What is put in force is the draft that the approver read: it stands in the request. */
function Mine() {
  const say = useWords(words);
  const me = useMe();
  const name = useWording();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const asked = useApprovals();
  const own = (asked.data ?? []).filter(
    (one) => one.act === 'authorisation.grant' && one.requester === me.session.person && (stands(one) || one.state === 'requested'),
  );
  if (own.length === 0 && fault === null) return null;
  const apply = (id: string, preview: string) =>
    run(async () => {
      const authorisation = draftOf(preview);
      if (!authorisation) throw new Error('Not a draft.');
      await call(() => api.POST('/v1/authorisations', { body: { approval: id, authorisation } }));
      await Promise.all([queries.invalidateQueries({ queryKey: ['authorisations'] }), queries.invalidateQueries({ queryKey: ['approvals'] })]);
    });
  return (
    <section className="panel stack" aria-labelledby="authorisations-mine">
      <h2 id="authorisations-mine">{say('mine')}</h2>
      {fault !== null && <ProblemNote fault={fault} />}
      <ul className="todos">
        {own.map((one) => {
          const draft = draftOf(one.preview);
          return (
            <li key={one.id} className="row wrap">
              <Link to={`/approvals/request?id=${one.id}`}>{draft ? `${name.who(draft)} · ${name.purpose(draft.purpose)}` : one.subject}</Link>
              {draft && <span className="quiet">{name.items(draft.items)}</span>}
              <span className="spread" />
              <span className={stands(one) ? 'good' : 'quiet'}>{say(stands(one) ? 'ready' : 'waiting')}</span>
              {stands(one) && (
                <Button size="small" type="primary" loading={busy} onClick={() => void apply(one.id, one.preview)}>
                  {say('apply')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
