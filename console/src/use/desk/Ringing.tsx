import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useSay, useWords } from '../../shell/words';
import type { Ring } from './rings';
import { words } from './words';

export type Taken = Schemas['CallTaken'];

const takeKey = 'F2';

/** What rings at this desk; one key takes what waits longest. */
export function Ringing({ rings, onTaken, onGone }: { rings: Ring[]; onTaken: (taken: Taken) => void; onGone: () => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [now, setNow] = useState(Date.now());
  const first = rings[0];

  const take = async (id: string) => {
    if (busy) return;
    setBusy(true);
    setFault(null);
    try {
      onTaken(await call(() => api.POST('/v1/calls/{id}/take', { params: { path: { id } } })));
    } catch (thrown) {
      setFault(thrown);
      setBusy(false);
      onGone();
    }
  };
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== takeKey || !first) return;
      event.preventDefault();
      void take(first.id);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });

  return (
    <>
      {fault !== null && <ProblemNote fault={fault} />}
      {first && (
        <section className="ringing" role="alert" aria-label={say('ringing')}>
          {rings.map((one, i) => {
            const purpose = me.words.purposes.find((known) => known.key === one.purpose);
            return (
              <div key={one.id} className="ring">
                <div className="ring-what">
                  <span className="quiet">{say('ringing')}</span>
                  <strong className="num">{one.number ?? say('noNumber')}</strong>
                  {purpose && <span>{tell(purpose)}</span>}
                </div>
                <div className="ring-what quiet num">
                  <span>{one.reference}</span>
                  {/* Told by the second to the eye alone. */}
                  <span aria-hidden="true">{say('rings', { seconds: Math.max(0, Math.floor((now - one.since) / 1000)) })}</span>
                </div>
                <Button type={i === 0 ? 'primary' : 'default'} loading={busy && i === 0} onClick={() => void take(one.id)}>
                  {say('take')} {i === 0 && <kbd>{takeKey}</kbd>}
                </Button>
              </div>
            );
          })}
        </section>
      )}
    </>
  );
}
