import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Input, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { companyDayEnd, companyDayOf } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { readIds } from './ids';

const words = defineWords(
  'list-members',
  {
    setting: '名单上的客户',
    list: '在名单上的客户',
    none: '名单上还没有客户。',
    read: '查看名单会留痕。这里只有客户编号;姓名按您的权限、按用途逐个决定,一律脱敏。',
    customer: '客户',
    name: '姓名',
    until: '到期',
    always: '不限',
    acts: '操作',
    remove: '移出',
    removeSure: '移出名单后,其他人即可按各自权限查看。',
    yes: '确定',
    no: '返回',
    next: '后面的',
    first: '回到开头',
    names: '显示姓名(脱敏)',
    purpose: '用途',
    hidden: '不可见',
    add: '加入客户',
    addIds: '客户编号,每行一个',
    addUntil: '到期自动移出(空:不限)',
    idsHint: '只认 32 位客户编号,不要填手机号或姓名;编号可用“客户”里的查找得到。已在名单上的,填到期日即改到期。全部成功或全部不变。',
    wrong: '这些不是客户编号:第 {{lines}} 行',
    go: '加入',
    done: '已更新 {{count}} 位客户。',
  },
  {
    setting: 'Customers on the list',
    list: 'Customers on the list',
    none: 'Nobody is on this list yet.',
    read: 'Reading the list is logged. It holds ids; names are decided one by one for your purpose and always masked.',
    customer: 'Customer',
    name: 'Name',
    until: 'Until',
    always: 'no end',
    acts: 'Acts',
    remove: 'Take off',
    removeSure: 'Off the list, others see the customer as their own rights allow.',
    yes: 'Yes',
    no: 'Back',
    next: 'Next',
    first: 'Back to the beginning',
    names: 'Show names, masked',
    purpose: 'Purpose',
    hidden: 'not shown',
    add: 'Put customers on the list',
    addIds: 'Customer ids, one a line',
    addUntil: 'Comes off by itself after (empty: no end)',
    idsHint:
      'Customer ids of 32 characters only; no phone numbers, no names. Finding a customer gives his id. For one who is on the list already the date moves his end. All of them change or none.',
    wrong: 'No customer ids: line {{lines}}',
    go: 'Put on the list',
    done: '{{count}} {{count|customer|customers}} changed.',
  },
);

type List = Schemas['ListView'];
type Member = Schemas['ListMember'];

/** Who is on a controlled list, until when; put on it, taken off it (R35). Names live here and nowhere else, until the drawer closes. */
export function Members({ list, onClose }: { list: List; onClose: () => void }) {
  const say = useWords(words);
  const [after, setAfter] = useState<string | null>(null);
  const asked = useQuery({
    queryKey: ['customer-list', list.id, after],
    queryFn: () => call(() => api.GET('/v1/customer-lists/{id}/customers', { params: { path: { id: list.id }, query: after ? { after } : {} } })),
  });
  return (
    <Drawer open title={`${say('setting')} · ${list.list.name}`} onClose={onClose} size="large">
      <div className="stack">
        <p className="quiet">{say('read')}</p>
        <Listing asked={asked} isEmpty={(page) => page.members.length === 0} empty={say('none')}>
          {(page) => <Shown key={page.members[0]?.customer} list={list} members={page.members} />}
        </Listing>
        {(after || asked.data?.next) && (
          <div className="row">
            {after && (
              <Button size="small" onClick={() => setAfter(null)}>
                {say('first')}
              </Button>
            )}
            <span className="spread" />
            {asked.data?.next && (
              <Button size="small" onClick={() => setAfter(asked.data.next ?? null)}>
                {say('next')}
              </Button>
            )}
          </div>
        )}
        <Add list={list} />
      </div>
    </Drawer>
  );
}

function Shown({ list, members }: { list: List; members: readonly Member[] }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const purposes = me.words.purposes.filter((one) => me.purposes === null || me.purposes.has(one.key));
  const [purpose, setPurpose] = useState<string | undefined>();
  const [names, setNames] = useState<ReadonlyMap<string, string> | null>(null);
  const remove = (customer: string) =>
    run(async () => {
      await call(() => api.POST('/v1/customer-lists/{id}/customers', { params: { path: { id: list.id } }, body: { add: [], remove: [customer] as never[] } }));
      await queries.invalidateQueries({ queryKey: ['customer-list', list.id] });
    });
  const show = (wanted: string) =>
    run(async () => {
      const body = { ids: members.map((one) => one.customer) as never[], purpose: wanted, items: ['name'] as never[] };
      const { customers } = await call(() => api.POST('/v1/customers/view-many', { body }));
      setNames(
        new Map(
          customers.flatMap((line) => {
            const values = (line.shown?.records ?? []).flatMap((record) => Object.values(record.items).map((item) => item.value));
            const name = values.find((value) => typeof value === 'string');
            return name ? [[line.id as string, String(name)] as const] : [];
          }),
        ),
      );
    });
  return (
    <>
      {me.policies.has('customer.view') && me.acts.has('view') && (
        <div className="row wrap">
          <Select
            aria-label={say('purpose')}
            placeholder={say('purpose')}
            className="filter"
            value={purpose}
            onChange={setPurpose}
            options={purposes.map((one) => ({ value: one.key, label: tell(one) }))}
          />
          <Button size="small" disabled={!purpose} loading={busy} onClick={() => purpose && void show(purpose)}>
            {say('names')}
          </Button>
        </div>
      )}
      {fault !== null && <ProblemNote fault={fault} />}
      <Rows<Member>
        label={say('list')}
        rows={members}
        id={(one) => one.customer}
        columns={[
          {
            key: 'customer',
            title: say('customer'),
            plain: true,
            cell: (one) => (
              <code className="mono" title={one.customer}>
                {one.customer.slice(0, 12)}…
              </code>
            ),
          },
          names !== null && {
            key: 'name',
            title: say('name'),
            num: true,
            cell: (one: Member) => names.get(one.customer) ?? <span className="quiet">{say('hidden')}</span>,
          },
          {
            key: 'until',
            title: say('until'),
            num: true,
            cell: (one) => (one.until != null ? companyDayOf(one.until, language) : <span className="quiet">{say('always')}</span>),
          },
          {
            key: 'acts',
            title: say('acts'),
            unseen: true,
            plain: true,
            cell: (one) => (
              <div className="acts-cell">
                <Popconfirm title={say('removeSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void remove(one.customer)}>
                  <Button size="small" loading={busy}>
                    {say('remove')}
                  </Button>
                </Popconfirm>
              </div>
            ),
          },
        ]}
      />
    </>
  );
}

function Add({ list }: { list: List }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [add, setAdd] = useState('');
  const [until, setUntil] = useState('');
  const [done, setDone] = useState<number | null>(null);
  const { ids, wrong } = readIds(add);
  const send = () =>
    run(async () => {
      setDone(null);
      const body = { add: ids as never[], remove: [], ...(until && { until: companyDayEnd(until) }) };
      setDone((await call(() => api.POST('/v1/customer-lists/{id}/customers', { params: { path: { id: list.id } }, body }))).changed);
      setAdd('');
      await queries.invalidateQueries({ queryKey: ['customer-list', list.id] });
    });
  return (
    <form
      className="stack"
      aria-label={say('add')}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h2>{say('add')}</h2>
      <p className="quiet">{say('idsHint')}</p>
      <div className="field">
        <label htmlFor="list-add">{say('addIds')}</label>
        <Input.TextArea
          id="list-add"
          rows={4}
          className="mono"
          value={add}
          onChange={(event) => setAdd(event.target.value)}
          spellCheck={false}
          autoComplete="off"
        />
      </div>
      <div className="field">
        <label htmlFor="list-until">{say('addUntil')}</label>
        <Input id="list-until" type="date" className="num filter" value={until} onChange={(event) => setUntil(event.target.value)} />
      </div>
      {wrong.length > 0 && (
        <p className="bad" role="alert">
          {say('wrong', { lines: wrong.join(', ') })}
        </p>
      )}
      {fault !== null && <ProblemNote fault={fault} />}
      {done !== null && <p role="status">{say('done', { count: done })}</p>}
      <div>
        <Button type="primary" htmlType="submit" loading={busy} disabled={wrong.length > 0 || ids.length === 0}>
          {say('go')}
        </Button>
      </div>
    </form>
  );
}
