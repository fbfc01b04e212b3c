import { Button } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Refusal } from '../../api/problem';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useSay, useWords } from '../../shell/words';
import type { LineState } from './CardLine';
import type { Service } from './Desk';
import { OneField } from './OneField';
import type { Line } from './order';
import { once } from './pressed';
import { asksTheCustomer, otherPurpose, otherPurposes, outside, triesAfter, type Why, whyRefused } from './why';
import { words } from './words';

interface Props {
  line: Line;
  title: string;
  customer: string;
  service: Service;
  set: (state: LineState) => void;
  onChanged: () => void;
}

type Sent = Pick<Schemas['ContactCodeAnswer'], 'code' | 'tries'>;

/** What became of a request that did not go through, where it was made. */
const told = (thrown: unknown): { why: Why | null; fault: unknown } =>
  thrown instanceof Refusal ? { why: whyRefused(thrown.problem), fault: null } : { why: null, fault: thrown };

export const closed = (thrown: unknown): LineState =>
  thrown instanceof Refusal && thrown.problem.reasons.length > 0 ? { mode: null, why: whyRefused(thrown.problem) } : { mode: null, fault: thrown };

/** Corrects one value; the version seen goes along, so nothing newer is overwritten (R4). A number is changed with the customer's own word: a code to the old one. */
export function Correct({ line, title, customer, service, set, onChanged }: Props) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const item = me.words.items.find((one) => one.key === line.item);
  const [purpose, setPurpose] = useState<string | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const leave = () => set({ mode: null });
  const change = (value: string) => ({ record: line.record, item: line.item, version: line.seen.version, value });
  const under = { session: service.id, ...(purpose !== null && { purpose }) };
  const save = async (value: string, code?: Schemas['TypedCode']) => {
    await call(() =>
      api.PATCH('/v1/customers/{id}', {
        params: { path: { id: customer }, header: { 'Idempotency-Key': crypto.randomUUID() } },
        body: { ...under, changes: [change(value)], ...(code && { code }) },
      }),
    );
    set({ mode: null, fault: null, why: null });
    onChanged();
  };
  const send = async (value: string) => {
    try {
      await save(value);
    } catch (thrown) {
      if (thrown instanceof Refusal && me.acts.has('contact') && asksTheCustomer(thrown.problem)) setAsked(value);
      else set(closed(thrown));
    }
  };
  if (purpose === null && outside(item, service.purpose))
    return (
      <div className="row why" role="status">
        <span>{tell(otherPurpose)}</span>
        {otherPurposes(item, me.purposes, service.purpose).map((key, index) => (
          <Button key={key} size="small" autoFocus={index === 0} onClick={() => setPurpose(key)}>
            {say('under-correct', { purpose: tell(me.words.purposes.find((one) => one.key === key) ?? { zh: key, en: key }) })}
          </Button>
        ))}
        <Button size="small" type="text" onClick={leave}>
          {say('cancel')}
        </Button>
      </div>
    );
  if (asked === null) return <OneField label={say('correctTo', { item: title })} go={say('save')} onSend={send} onLeave={leave} />;
  const order = async (): Promise<Sent | null> => {
    const body = { ...under, change: change(asked) };
    return await once(
      JSON.stringify([customer, body]),
      (key) => call(() => api.POST('/v1/customers/{id}/contact-code', { params: { path: { id: customer }, header: { 'Idempotency-Key': key } }, body })),
      (fault) => fault instanceof Refusal && fault.problem.code !== 'idempotency.busy',
    );
  };
  return <ByCode order={order} save={(code) => save(asked, code)} onLeave={leave} />;
}

/** A code to the number the customer had; he reads it out. Neither number nor code is shown here. */
function ByCode({ order, save, onLeave }: { order: () => Promise<Sent | null>; save: (code: Schemas['TypedCode']) => Promise<void>; onLeave: () => void }) {
  const say = useWords(words);
  const tell = useSay();
  const [sent, setSent] = useState<Sent | null>(null);
  const [busy, setBusy] = useState(false);
  const [{ why, fault }, setTold] = useState<{ why: Why | null; fault: unknown }>({ why: null, fault: null });
  const press = async () => {
    setBusy(true);
    setTold({ why: null, fault: null });
    try {
      const answer = await order();
      if (answer) setSent(answer);
    } catch (thrown) {
      setTold(told(thrown));
    } finally {
      setBusy(false);
    }
  };
  const type = async (code: string) => {
    if (!sent) return;
    try {
      await save({ id: sent.code, code: code.trim() });
    } catch (thrown) {
      setTold(told(thrown));
      if (thrown instanceof Refusal) setSent({ ...sent, tries: triesAfter(thrown.problem, sent.tries) });
    }
  };
  const open = sent !== null && sent.tries > 0;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc leaves, as in every line of the desk
    <div className="stack" onKeyDown={(event) => event.key === 'Escape' && onLeave()}>
      {fault !== null && <ProblemNote fault={fault} />}
      {why && (
        <span className="why" role="alert">
          {tell(why)}
        </span>
      )}
      {!why && !open && fault === null && <span>{say('codeWhy')}</span>}
      {open ? (
        <>
          <span role="status">{say('codeLeft', { count: sent.tries })}</span>
          <OneField key={sent.tries} label={say('codeSaid')} go={say('save')} digits onSend={type} onLeave={onLeave} />
        </>
      ) : (
        <div className="row">
          <Button size="small" type="primary" autoFocus loading={busy} onClick={() => void press()}>
            {say(sent ? 'codeAgain' : 'codeSend')}
          </Button>
          <Button size="small" type="text" onClick={onLeave}>
            {say('cancel')}
          </Button>
        </div>
      )}
    </div>
  );
}
