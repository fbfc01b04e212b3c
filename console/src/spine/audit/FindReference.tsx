import { Button, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { api, call } from '../../api/client';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { defineWords, useSay, useWords } from '../../shell/words';
import { short } from './words';

const words = defineWords(
  'find-reference',
  {
    title: '按客户信息查编号',
    hint: '输入只在这次请求的正文里,不进地址、历史和日志;只给编号,不给任何信息项。这次查找会留痕,也会出现在这位客户的台账里。',
    item: '信息项',
    value: '内容',
    purpose: '用途',
    find: '查编号',
    none: '没有找到。',
    customer: '客户编号',
    reference: '日志编号',
    gone: '密钥已销毁,日志里不再认得出',
    open: '看相关条目',
  },
  {
    title: 'Find a reference by value',
    hint: "What you type travels in the body of this request alone: not in the address, history or log. Ids are all you get. The look-up is logged and appears in the customer's ledger.",
    item: 'Item',
    value: 'Value',
    purpose: 'Purpose',
    find: 'Find ids',
    none: 'Nobody was found.',
    customer: 'Customer id',
    reference: 'Reference in the log',
    gone: 'keys destroyed: the log no longer knows him',
    open: 'See the entries',
  },
);

interface Found {
  customer: string;
  reference: string | null;
}

/** From something known of a customer to the name the log has for him. The typed value is forgotten with the answer. */
export function FindReference({ onChosen }: { onChosen: (reference: string) => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const id = useId();
  const items = me.words.items.filter((item) => item.find === 'exact' || item.find === 'exact-ask-second');
  const purposes = me.words.purposes.filter((purpose) => me.purposes === null || me.purposes.has(purpose.key));
  const [item, setItem] = useState(items.find((one) => one.key === 'mobile')?.key ?? items[0]?.key ?? '');
  const [purpose, setPurpose] = useState((purposes.find((one) => one.key === 'security') ?? purposes[0])?.key ?? '');
  const [value, setValue] = useState('');
  const [found, setFound] = useState<Found[] | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const find = async () => {
    setBusy(true);
    setFault(null);
    setFound(null);
    try {
      const answer = await call(() => api.POST('/v1/customers/find', { body: { item, value, purpose } }));
      setFound(
        await Promise.all(
          answer.customers.map(async ({ id: customer }) => ({
            customer,
            reference: (await call(() => api.GET('/v1/audit/references/{customer}', { params: { path: { customer } } }))).reference,
          })),
        ),
      );
      setValue('');
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <details className="panel filters">
      <summary>{say('title')}</summary>
      <form
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (value.trim() !== '') void find();
        }}
      >
        <p className="quiet">{say('hint')}</p>
        <div className="fields">
          <label className="field" htmlFor={`${id}item`}>
            <span>{say('item')}</span>
            <Select
              id={`${id}item`}
              value={item}
              onChange={setItem}
              showSearch={{ optionFilterProp: 'label' }}
              options={items.map((one) => ({ value: one.key, label: tell(one) }))}
            />
          </label>
          <label className="field" htmlFor={`${id}value`}>
            <span>{say('value')}</span>
            <Input id={`${id}value`} value={value} onChange={(event) => setValue(event.target.value)} maxLength={256} autoComplete="off" spellCheck={false} />
          </label>
          <label className="field" htmlFor={`${id}purpose`}>
            <span>{say('purpose')}</span>
            <Select
              id={`${id}purpose`}
              value={purpose}
              onChange={setPurpose}
              showSearch={{ optionFilterProp: 'label' }}
              options={purposes.map((one) => ({ value: one.key, label: tell(one) }))}
            />
          </label>
        </div>
        <Button htmlType="submit" loading={busy} disabled={value.trim() === ''}>
          {say('find')}
        </Button>
      </form>
      {fault !== null && <ProblemNote fault={fault} />}
      {found?.length === 0 && (
        <p className="quiet" role="status">
          {say('none')}
        </p>
      )}
      {found && found.length > 0 && (
        <ul className="found">
          {found.map((one) => (
            <li key={one.customer} className="row wrap">
              <span className="quiet">{say('customer')}</span> <code>{one.customer}</code>
              <span className="quiet">{say('reference')}</span>
              {one.reference ? <code title={one.reference}>{short(one.reference)}</code> : <span className="quiet">{say('gone')}</span>}
              {one.reference && (
                <Button size="small" onClick={() => onChosen(one.reference as string)}>
                  {say('open')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
