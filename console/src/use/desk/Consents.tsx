import { useEffect, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useSay, useWords } from '../../shell/words';
import { words } from './words';

type State = Schemas['ConsentState'];
type Receipt = Schemas['ReceiptLine'];

/** The newest state of each purpose over all receipts. */
export function latest(receipts: readonly Receipt[]): Record<string, State> {
  const states: Record<string, State> = {};
  for (const receipt of [...receipts].sort((a, b) => a.at - b.at)) Object.assign(states, receipt.consents);
  return states;
}

/** What the customer agreed to, in one line. */
export function Consents({ customer, service }: { customer: string; service: string }) {
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
      .map(([key]) => tell(me.words.purposes.find((purpose) => purpose.key === key) ?? { zh: key, en: key }))
      .join(tell({ zh: '、', en: ', ' }));
  const [given, refused, informed] = [named(['given', 'separate-given']), named(['refused', 'withdrawn', 'expired', 'superseded']), named(['acknowledged'])];
  return (
    <span className="consents">
      <span className="hidden-from-sight">{say('consents')}</span>
      {given && (
        <span>
          <span className="good">✓</span> {say('given')} {given}
        </span>
      )}
      {informed && (
        <span>
          ✓ {say('acknowledged')} {informed}
        </span>
      )}
      {refused && (
        <span>
          <span className="bad">✕</span> {say('refused')} {refused}
        </span>
      )}
      {!given && !refused && !informed && <span className="quiet">{say('consentsNone')}</span>}
    </span>
  );
}
