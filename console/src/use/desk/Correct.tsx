import { Button } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Refusal, voidsGrant } from '../../api/problem';
import { useMe } from '../../shell/me';
import { useSay, useWords } from '../../shell/words';
import { useScenes } from '../../spine/approvals/shared';
import { ByCode } from './ByCode';
import type { LineState } from './CardLine';
import type { Service } from './Desk';
import { OneField } from './OneField';
import type { Line } from './order';
import { needsApproval, otherPurpose, otherPurposes, outside, takesCode, type Why, whyRefused } from './why';
import { words } from './words';

interface Props {
  line: Line;
  title: string;
  customer: string;
  service: Service;
  set: (state: LineState) => void;
  onChanged: () => void;
}

/**
 * A correction that waits for a colleague: exactly this change, of the version that was seen, is written with his approval. Lives with the line and goes
 * with the call.
 */
export interface Pending {
  change: Schemas['ItemChange'];
  purpose: string | null;
  /** The same for every attempt: what was written although its answer was lost is answered again. */
  key: string;
  grant?: string;
}

const changeOf = (line: Line, value: string): Schemas['ItemChange'] => ({ record: line.record, item: line.item, version: line.seen.version, value });

export const closed = (thrown: unknown): LineState =>
  thrown instanceof Refusal && thrown.problem.reasons.length > 0 ? { mode: null, why: whyRefused(thrown.problem) } : { mode: null, fault: thrown };

const send = (customer: string, service: Service, { change, purpose, key, grant }: Pending, code?: Schemas['TypedCode']) =>
  call(() =>
    api.PATCH('/v1/customers/{id}', {
      params: { path: { id: customer }, header: { 'Idempotency-Key': key } },
      body: { session: service.id, ...(purpose !== null && { purpose }), ...(grant && { grant }), ...(code && { code }), changes: [change] },
    }),
  );

/** Corrects one value; the version seen goes along, so nothing newer is overwritten (R4). A number is changed with the customer's own word: a code to the old one. */
export function Correct({ line, title, customer, service, set, onChanged }: Props) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const scenes = useScenes().data ?? [];
  const item = me.words.items.find((one) => one.key === line.item);
  const [purpose, setPurpose] = useState<string | null>(null);
  const [asked, setAsked] = useState<{ value: string; why: Why } | null>(null);
  const leave = () => set({ mode: null });
  const pending = (value: string): Pending => ({ change: changeOf(line, value), purpose, key: crypto.randomUUID() });
  const save = async (value: string, code?: Schemas['TypedCode']) => {
    await send(customer, service, pending(value), code);
    set({ mode: null, fault: null, why: null });
    onChanged();
  };
  const type = async (value: string) => {
    try {
      await save(value);
    } catch (thrown) {
      if (thrown instanceof Refusal && needsApproval(thrown.problem)) setAsked({ value, why: whyRefused(thrown.problem) });
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
  if (asked === null) return <OneField label={say('correctTo', { item: title })} go={say('save')} onSend={type} onLeave={leave} />;
  const colleague = (
    <Button size="small" onClick={() => set({ mode: 'approval', why: asked.why, correction: pending(asked.value) })}>
      {say('askApproval')}
    </Button>
  );
  if (me.acts.has('contact') && takesCode(asked.why.scenes, scenes))
    return (
      <ByCode
        customer={customer}
        matter={{ session: service.id, ...(purpose !== null && { purpose }), change: changeOf(line, asked.value) }}
        why={say('codeWhy')}
        go={say('save')}
        act={(code) => save(asked.value, code)}
        onLeave={leave}
        other={colleague}
      />
    );
  return (
    <div className="row why" role="status">
      <span>{tell(asked.why)}</span>
      {colleague}
      <Button size="small" type="text" onClick={leave}>
        {say('cancel')}
      </Button>
    </div>
  );
}

/** A colleague has approved exactly this value: it is written by one press, or dropped. His approval stays until the server says that it is of no use. */
export function Approved({ title, customer, service, set, onChanged, correction }: Omit<Props, 'line'> & { correction: Pending }) {
  const say = useWords(words);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    set({ fault: null, why: null });
    try {
      await send(customer, service, correction);
      set({ mode: null, fault: null, why: null, correction: null });
      onChanged();
    } catch (thrown) {
      set({ ...closed(thrown), ...(voidsGrant(thrown) && { correction: null }) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="row" role="status">
      <span className="good">{say('correctionGiven', { item: title })}</span>
      <Button size="small" type="primary" loading={busy} onClick={() => void save()}>
        {say('save')}
      </Button>
      <Button size="small" type="text" onClick={() => set({ correction: null })}>
        {say('cancel')}
      </Button>
    </div>
  );
}
