import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { api, call, type Schemas } from '../api/client';
import { save } from '../shell/file';
import { useMe } from '../shell/me';
import { ProblemNote } from '../shell/Problem';
import { useRun } from '../shell/useRun';
import { useSay, useWords } from '../shell/words';
import { words } from './words';

/** What the customer may take along: numbers and choices, no value. */
export function Receipt({ made, notice, onNext }: { made: Schemas['IntakeAnswer'] | 'known'; notice: Schemas['NoticeView']; onNext: () => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const title = useRef<HTMLHeadingElement>(null);
  const { fault, busy, run } = useRun();
  useEffect(() => title.current?.focus(), []);
  /** The signed receipt, fetched anew: the server records that it was read. */
  const fetchReceipt = (id: string) =>
    run(async () => {
      const signed = await call(() => api.GET('/v1/receipts/{id}', { params: { path: { id } }, parseAs: 'text' }));
      save(`receipt-${id.slice(0, 12)}.json`, String(signed));
    });
  const state = (one: string) => {
    switch (one) {
      case 'given':
      case 'separate-given':
      case 'acknowledged':
        return say(one);
      case 'refused':
        return say('refusedState');
      default:
        return one;
    }
  };
  return (
    <section className="panel stack" aria-labelledby="receipt-title">
      <h2 id="receipt-title" ref={title} tabIndex={-1} className="good">
        ✓ {say('done')}
      </h2>
      {made === 'known' ? (
        <p>{say('known')}</p>
      ) : (
        <dl className="told">
          <dt>{say('receipt')}</dt>
          <dd>
            <code>{made.receipt}</code>
          </dd>
          <dt>{say('customer')}</dt>
          <dd>
            <code>{made.customer}</code>
          </dd>
          <dt>{say('notice')}</dt>
          <dd>{say('boundTo', { n: notice.version })}</dd>
          <dt>{say('answers')}</dt>
          <dd>
            <ul>
              {Object.entries(made.consents).map(([purpose, said]) => (
                <li key={purpose}>
                  {tell(me.words.purposes.find((one) => one.key === purpose) ?? { zh: purpose, en: purpose })}: {state(said)}
                </li>
              ))}
            </ul>
          </dd>
          <dt>{say('log')}</dt>
          <dd>
            <code>{made.entry}</code>
          </dd>
        </dl>
      )}
      <p className="quiet">{say('forgotten')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <div className="row wrap">
        <Button type="primary" onClick={onNext}>
          {say('next')}
        </Button>
        {made !== 'known' && me.policies.has('customer.consent') && (
          <Button loading={busy} onClick={() => void fetchReceipt(made.receipt)}>
            {say('retrieve')}
          </Button>
        )}
      </div>
    </section>
  );
}
