import { Button, Checkbox, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { LevelMark } from '../../shell/LevelMark';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import './policies.css';

type Act = Schemas['Act'];
type Answer = Schemas['ExplainAnswer'];

const words = defineWords(
  'what-if',
  {
    title: '试算权限',
    hint: '问同一个决策:谁、做什么、为什么、看哪些,会怎样。什么都不会被打开;试算本身留痕。',
    act: '动作',
    purpose: '用途',
    none: '不填',
    items: '信息项',
    itemsHint: '指定客户时可留空:算这位客户的全部信息项。',
    clear: '要看明文',
    ticket: '有工单',
    person: '人员编号',
    personHint: '留空就是自己。替别人试算时,按他刚刚完成最强验证计。',
    customer: '客户编号',
    customerHint: '留空则不针对具体客户。',
    badId: '要 32 位十六进制编号。',
    ask: '试算',
    permit: '允许',
    needs: '还缺条件',
    deny: '拒绝',
    reasons: '为什么',
    missing: '缺什么',
    result: '逐项结果',
    level: '级别',
    shown: '显示',
    why: '原因代码',
    noReasons: '没有阻碍。',
    'shown-clear': '明文',
    'shown-masked': '脱敏',
    'shown-withheld': '不可见',
    view: '查看',
    find: '查找',
    add: '采集',
    correct: '更正',
    compare: '比对',
    contact: '联系',
    export: '导出',
    share: '共享',
    'need-purpose': '选择用途',
    'need-consent': '取得同意',
    'need-second-factor': '第二因素',
    'need-step-up': '再次验证本人',
    'need-ticket': '工单',
    'need-approval': '审批',
    'need-duty': '完成义务',
    'need-caller': '核实来电人',
  },
  {
    title: 'What if',
    hint: 'Asks the one decision: who, doing what, why, with which items. Nothing is opened; the asking is logged.',
    act: 'Act',
    purpose: 'Purpose',
    none: 'none',
    items: 'Items',
    itemsHint: "With a customer named this may stay empty: all of that customer's items.",
    clear: 'wants them in clear',
    ticket: 'has a ticket',
    person: 'Person id',
    personHint: 'Empty: yourself. For somebody else the strongest proof is taken as just given.',
    customer: 'Customer id',
    customerHint: 'Empty: no particular customer.',
    badId: 'An id has 32 hexadecimal digits.',
    ask: 'Ask',
    permit: 'Permitted',
    needs: 'Something is missing',
    deny: 'Refused',
    reasons: 'Why',
    missing: 'What is missing',
    result: 'Item by item',
    level: 'Level',
    shown: 'Shown',
    why: 'Reason codes',
    noReasons: 'Nothing stands in the way.',
    'shown-clear': 'in clear',
    'shown-masked': 'masked',
    'shown-withheld': 'not shown',
    view: 'View',
    find: 'Find',
    add: 'Collect',
    correct: 'Correct',
    compare: 'Compare',
    contact: 'Contact',
    export: 'Export',
    share: 'Share',
    'need-purpose': 'choose a purpose',
    'need-consent': 'consent',
    'need-second-factor': 'a second factor',
    'need-step-up': 'prove again who you are',
    'need-ticket': 'a ticket',
    'need-approval': 'an approval',
    'need-duty': 'a duty',
    'need-caller': 'verify the caller',
  },
);

const acts = ['view', 'find', 'add', 'correct', 'compare', 'contact', 'export', 'share'] as const satisfies readonly Act[];
const isId = (text: string): boolean => text === '' || /^[0-9a-f]{32}$/.test(text);

/** The decision without the act. */
export default function WhatIf() {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const id = useId();
  const [act, setAct] = useState<(typeof acts)[number]>('view');
  const [purpose, setPurpose] = useState('');
  const [items, setItems] = useState<string[]>([]);
  const [clear, setClear] = useState(false);
  const [ticket, setTicket] = useState(false);
  const [person, setPerson] = useState('');
  const [customer, setCustomer] = useState('');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const good = isId(person) && isId(customer);
  const ask = async () => {
    setBusy(true);
    setFault(null);
    setAnswer(null);
    const named = items.length > 0;
    const body: Schemas['ExplainRequest'] = {
      act,
      ticket,
      ...(purpose && { purpose }),
      ...(person && { person }),
      ...(customer && { customer }),
      ...(named && { items, ...(clear && { clear: items }) }),
    };
    try {
      setAnswer(await call(() => api.POST('/v1/access/explain', { body })));
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  const idField = (name: 'person' | 'customer', value: string, put: (value: string) => void) => (
    <div className="field">
      <label htmlFor={`${id}${name}`}>{say(name)}</label>
      <Input
        id={`${id}${name}`}
        className="mono"
        value={value}
        maxLength={32}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => put(event.target.value.trim().toLowerCase())}
        aria-describedby={`${id}${name}-hint`}
        {...(!isId(value) && { status: 'error' as const, 'aria-invalid': true })}
      />
      <span id={`${id}${name}-hint`} className={isId(value) ? 'quiet' : 'bad'}>
        {isId(value) ? say(name === 'person' ? 'personHint' : 'customerHint') : say('badId')}
      </span>
    </div>
  );
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('hint')}</p>
      <form
        className="panel stack what-if"
        onSubmit={(event) => {
          event.preventDefault();
          if (good) void ask();
        }}
      >
        <div className="fields">
          <div className="field">
            <label htmlFor={`${id}act`}>{say('act')}</label>
            <Select id={`${id}act`} value={act} onChange={setAct} options={acts.map((one) => ({ value: one, label: say(one) }))} />
          </div>
          <div className="field">
            <label htmlFor={`${id}purpose`}>{say('purpose')}</label>
            <Select
              id={`${id}purpose`}
              value={purpose}
              onChange={setPurpose}
              showSearch={{ optionFilterProp: 'label' }}
              options={[{ value: '', label: say('none') }, ...me.words.purposes.map((one) => ({ value: one.key, label: tell(one) }))]}
            />
          </div>
          {idField('person', person, setPerson)}
          {idField('customer', customer, setCustomer)}
        </div>
        <div className="field">
          <label htmlFor={`${id}items`}>{say('items')}</label>
          <Select
            id={`${id}items`}
            mode="multiple"
            value={items}
            onChange={setItems}
            showSearch={{ optionFilterProp: 'label' }}
            maxCount={200}
            options={me.words.items.map((one) => ({ value: one.key, label: tell(one) }))}
          />
          <span className="quiet">{say('itemsHint')}</span>
        </div>
        <div className="row wrap">
          <Checkbox checked={clear} onChange={(event) => setClear(event.target.checked)} disabled={items.length === 0}>
            {say('clear')}
          </Checkbox>
          <Checkbox checked={ticket} onChange={(event) => setTicket(event.target.checked)}>
            {say('ticket')}
          </Checkbox>
          <span className="spread" />
          <Button type="primary" htmlType="submit" loading={busy} disabled={!good}>
            {say('ask')}
          </Button>
        </div>
      </form>
      {fault !== null && <ProblemNote fault={fault} onAgain={() => void ask()} />}
      {answer && (
        <section className="panel stack what-if" role="status">
          <p>
            <strong className={{ permit: 'good', needs: 'warn', deny: 'bad' }[answer.decision.overall]}>
              {{ permit: '✓', needs: '◑', deny: '✕' }[answer.decision.overall]} {say(answer.decision.overall)}
            </strong>
          </p>
          <dl className="told">
            <dt>{say('reasons')}</dt>
            <dd>
              {answer.decision.reasons.length === 0 && say('noReasons')}
              <ul>
                {answer.decision.reasons.map((reason) => (
                  <li key={reason.code}>
                    {reason[language]} <code className="quiet">{reason.code}</code>
                  </li>
                ))}
              </ul>
            </dd>
            {answer.decision.needs.length > 0 && (
              <>
                <dt>{say('missing')}</dt>
                <dd>
                  <ul>
                    {answer.decision.needs.map((need) => (
                      <li key={`${need.what}${need.how}`}>
                        {say(`need-${need.what}`)} <code className="quiet">{need.how}</code>
                      </li>
                    ))}
                  </ul>
                </dd>
              </>
            )}
          </dl>
          <Items items={answer.decision.items} />
        </section>
      )}
    </>
  );
}

function Items({ items }: { items: Schemas['DecisionView']['items'] }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const list = Object.entries(items);
  if (list.length === 0) return null;
  return (
    <>
      <h2>{say('result')}</h2>
      <ul className="todos">
        {list.map(([key, item]) => {
          const known = me.words.items.find((one) => one.key === key);
          return (
            <li key={key} className="row wrap">
              <LevelMark level={known?.level ?? 4} />
              <span>{tell(known ?? { zh: key, en: key })}</span>
              <span className="spread" />
              <span className="quiet">{item.reasons.join(' · ')}</span>
              <strong>{say(`shown-${item.shown}`)}</strong>
            </li>
          );
        })}
      </ul>
    </>
  );
}
