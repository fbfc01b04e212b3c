import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useMe } from '../../shell/me';
import { useWords } from '../../shell/words';
import type { Service } from './Desk';
import { words } from './words';

const Ledger = lazy(() => import('../../rights/ledger/Ledger'));

/** Sentences ready to say, and the way to "who saw my information" for who may open it. */
export function Hints({ customer, service }: { customer: string | null; service: Service }) {
  const say = useWords(words);
  const me = useMe();
  const [ledger, setLedger] = useState(false);
  return (
    <section className="panel stack" aria-label={say('hints')}>
      <h2>{say('hints')}</h2>
      {customer && <p className={service.verified ? 'good' : 'warn'}>{say(service.verified ? 'nowVerified' : 'firstVerify')}</p>}
      {service.purpose === 'special' && <p className="warn">{say('specialHint')}</p>}
      <div>
        <p className="quiet">{say('other')}</p>
        <p>{say('otherSay')}</p>
      </div>
      <div>
        <p className="quiet">{say('asked')}</p>
        {me.policies.has('customer.ledger') && customer ? (
          <Button size="small" onClick={() => setLedger(true)}>
            {say('ledger')}
          </Button>
        ) : (
          <p>{say('askedSay')}</p>
        )}
      </div>
      <details>
        <summary>{say('withdrawAsked')}</summary>
        <p>{say('withdrawSay')}</p>
      </details>
      <details>
        <summary>{say('copyAsked')}</summary>
        <p>{say('copySay')}</p>
      </details>
      {ledger && customer && (
        <Suspense fallback={null}>
          <Ledger customer={customer} onClose={() => setLedger(false)} />
        </Suspense>
      )}
    </section>
  );
}
