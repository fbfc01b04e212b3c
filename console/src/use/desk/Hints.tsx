import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useMe } from '../../shell/me';
import { useWords } from '../../shell/words';
import { words } from './words';

const Ledger = lazy(() => import('../../rights/ledger/Ledger'));

/** Sentences ready to say, and the way to "who saw my information" for who may open it. */
export function Hints({ customer }: { customer: string | null }) {
  const say = useWords(words);
  const me = useMe();
  const [ledger, setLedger] = useState(false);
  return (
    <section className="panel stack" aria-label={say('hints')}>
      <h2>{say('hints')}</h2>
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
      {ledger && customer && (
        <Suspense fallback={null}>
          <Ledger customer={customer} onClose={() => setLedger(false)} />
        </Suspense>
      )}
    </section>
  );
}
