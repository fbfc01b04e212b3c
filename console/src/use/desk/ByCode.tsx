import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Refusal } from '../../api/problem';
import { ProblemNote } from '../../shell/Problem';
import { useSay, useWords } from '../../shell/words';
import { InLanguage, useCallerLanguage } from './language';
import { OneField } from './OneField';
import { once } from './pressed';
import { thisMonth } from './ways';
import { triesAfter, type Why, whyRefused } from './why';
import { words } from './words';

type Sent = Pick<Schemas['ContactCodeAnswer'], 'code' | 'tries'>;

interface Props {
  customer: string;
  /** What the code is to confirm. */
  matter: Pick<Schemas['ContactCodeRequest'], 'change' | 'view' | 'purpose' | 'session'>;
  /** Why it is asked for, until something else is to be said. */
  why: string;
  go: string;
  /** Does the act with the code; throws what refuses it. */
  act: (code: Schemas['TypedCode']) => Promise<void>;
  onLeave: () => void;
  /** Stands before the button that sends the code. */
  before?: ReactNode;
  /** The other way, beside it. */
  other?: ReactNode;
}

/** What became of a request that did not go through, where it was made. */
const told = (thrown: unknown): { why: Why | null; fault: unknown } =>
  thrown instanceof Refusal ? { why: whyRefused(thrown.problem), fault: null } : { why: null, fault: thrown };

/** A code to the customer's number; he reads it out. Neither number nor code is shown here. */
export function ByCode({ customer, matter, why: first, go, act, onLeave, before, other }: Props) {
  const say = useWords(words);
  const tell = useSay();
  const locale = useCallerLanguage();
  const [sent, setSent] = useState<Sent | null>(null);
  const [busy, setBusy] = useState(false);
  const [{ why, fault }, setTold] = useState<{ why: Why | null; fault: unknown }>({ why: null, fault: null });
  const press = async () => {
    setBusy(true);
    setTold({ why: null, fault: null });
    const body = { ...matter, locale };
    try {
      const answer = await once(
        JSON.stringify([customer, body]),
        (key) => call(() => api.POST('/v1/customers/{id}/contact-code', { params: { path: { id: customer }, header: { 'Idempotency-Key': key } }, body })),
        (lost) => lost instanceof Refusal && lost.problem.code !== 'idempotency.busy',
      );
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
      await act({ id: sent.code, code: code.trim() });
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
      {!why && !open && fault === null && <span>{first}</span>}
      {open ? (
        <>
          <span role="status">{say('codeLeft', { count: sent.tries })}</span>
          <OneField key={sent.tries} label={say('codeSaid')} go={go} digits onSend={type} onLeave={onLeave} />
        </>
      ) : (
        <div className="row wrap">
          {before}
          <InLanguage />
          <Button size="small" type="primary" autoFocus loading={busy} onClick={() => void press()}>
            {say(sent ? 'codeAgain' : 'codeSend')}
          </Button>
          {other}
          <Button size="small" type="text" onClick={onLeave}>
            {say('cancel')}
          </Button>
        </div>
      )}
    </div>
  );
}

interface LookProps extends Pick<Props, 'customer' | 'onLeave' | 'other'> {
  record: string;
  item: string;
  /** A list of records is opened for one month. */
  months: boolean;
  under: { session: string; purpose?: string };
  act: (code: Schemas['TypedCode'], month: string | undefined) => Promise<void>;
}

/** One look at an item that the customer himself agrees to. */
export function LookByCode({ customer, record, item, months, under, act, onLeave, other }: LookProps) {
  const say = useWords(words);
  const [month, setMonth] = useState(() => thisMonth(Date.now()));
  const asked = months ? month : undefined;
  return (
    <ByCode
      customer={customer}
      matter={{ ...under, view: { record, item, ...(asked && { month: asked }) } }}
      why={say('lookWhy')}
      go={say('reveal')}
      act={(code) => act(code, asked)}
      onLeave={onLeave}
      before={
        months && (
          <Input
            type="month"
            size="small"
            className="num month"
            aria-label={say('month')}
            value={month}
            max={thisMonth(Date.now())}
            onChange={(event) => event.target.value && setMonth(event.target.value)}
          />
        )
      }
      other={other}
    />
  );
}
