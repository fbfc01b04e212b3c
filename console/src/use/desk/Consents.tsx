import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useSay, useWords } from '../../shell/words';
import { fitting } from './order';
import { words } from './words';

type State = Schemas['ConsentState'];
type Receipt = Schemas['ReceiptLine'];

/** The newest state of each purpose over all receipts. */
export function latest(receipts: readonly Receipt[]): Record<string, State> {
  const states: Record<string, State> = {};
  for (const receipt of [...receipts].sort((a, b) => a.at - b.at)) Object.assign(states, receipt.consents);
  return states;
}

/** What the customer agreed to, in one line: the purpose of the call first. */
export function Consents({ customer, service, purpose }: { customer: string; service: string; purpose: string }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const [states, setStates] = useState<Record<string, State> | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const may = me.policies.has('customer.consent');
  useEffect(() => {
    if (!may) return;
    let left = false;
    call(() => api.GET('/v1/customers/{id}/receipts', { params: { path: { id: customer }, header: { 'Service-Session': service } } })).then(
      (answer) => !left && setStates(latest(answer.receipts)),
      (thrown) => !left && setFault(thrown),
    );
    return () => {
      left = true;
    };
  }, [customer, service, may]);
  if (!may) return null;
  if (fault !== null) return <ProblemNote fault={fault} />;
  if (!states) return null;
  const named = (wanted: State[]) =>
    Object.entries(states)
      .filter(([, state]) => wanted.includes(state))
      .sort(([a], [b]) => Number(b === purpose) - Number(a === purpose))
      .map(([key]) => tell(me.words.purposes.find((one) => one.key === key) ?? { zh: key, en: key }));
  const [given, refused, informed] = [named(['given', 'separate-given']), named(['refused', 'withdrawn', 'expired', 'superseded']), named(['acknowledged'])];
  return (
    <span className="consents">
      <span className="hidden-from-sight">{say('consents')}</span>
      {given.length > 0 && (
        <span>
          <span className="good">✓</span> {say('given')} <Names names={given} />
        </span>
      )}
      {informed.length > 0 && (
        <span>
          ✓ {say('acknowledged')} <Names names={informed} />
        </span>
      )}
      {refused.length > 0 && (
        <span>
          <span className="bad">✕</span> {say('refused')} <Names names={refused} />
        </span>
      )}
      {given.length + refused.length + informed.length === 0 && <span className="quiet">{say('consentsNone')}</span>}
    </span>
  );
}

function Names({ names }: { names: readonly string[] }) {
  const say = useWords(words);
  const tell = useSay();
  const [all, setAll] = useState(false);
  const count = all ? names.length : fitting(names);
  return (
    <>
      {names.slice(0, count).join(tell({ zh: '、', en: ', ' }))}
      {count < names.length && (
        <Button size="small" type="link" aria-label={say('moreConsents', { count: names.length - count })} onClick={() => setAll(true)}>
          +{names.length - count}
        </Button>
      )}
    </>
  );
}
