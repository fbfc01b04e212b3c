import { Button } from 'antd';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { initials, useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { clock } from '../../shell/time';
import { useSay, useWords } from '../../shell/words';
import { CallStart } from './CallStart';
import { Card } from './Card';
import { Hints } from './Hints';
import { CallerLanguage } from './language';
import { reveals } from './reveals';
import { SearchBox } from './SearchBox';
import { VerifyStrip } from './VerifyStrip';
import { WrapUp } from './WrapUp';
import { words } from './words';
import './desk.css';

export type Service = Schemas['SessionAnswer'];
export type Seen = Schemas['ViewAnswer'];

/** One call from ring to hang-up (domain.md §5). Everything that was read lives in this component and goes with the call. */
export default function Desk() {
  const say = useWords(words);
  const [service, setService] = useState<Service | null>(null);
  const [reference, setReference] = useState('');
  const [caller, setCaller] = useState('');
  const end = useCallback(() => {
    setService(null);
    setReference('');
    setCaller('');
  }, []);
  return (
    <>
      <h1 className={service ? 'hidden-from-sight' : undefined}>{say('title')}</h1>
      {service ? (
        <CallerLanguage key={service.id}>
          <OpenCall service={service} onService={setService} reference={reference} caller={caller} onEnd={end} />
        </CallerLanguage>
      ) : (
        <CallStart
          onOpen={(opened, said, number) => {
            setReference(said);
            setCaller(number);
            setService(opened);
          }}
        />
      )}
    </>
  );
}

interface Open {
  service: Service;
  onService: (service: Service) => void;
  reference: string;
  caller: string;
  onEnd: () => void;
}

function OpenCall({ service, onService, reference, caller, onEnd }: Open) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const [seen, setSeen] = useState<Seen | null>(null);
  const [shown, show] = useReducer(reveals, {});
  const [count, setCount] = useState(0);
  const [fault, setFault] = useState<unknown>(null);
  const [ending, setEnding] = useState(false);
  const verify = useRef<HTMLInputElement>(null);
  const purpose = me.words.purposes.find((one) => one.key === service.purpose);

  useEffect(() => {
    const timer = setInterval(() => show({ do: 'pass', now: Date.now() }), 500);
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && show({ do: 'hide-all' });
    addEventListener('keydown', onKey);
    return () => {
      clearInterval(timer);
      removeEventListener('keydown', onKey);
    };
  }, []);

  const look = useCallback(
    async (customer: string) => {
      setFault(null);
      try {
        setSeen(await call(() => api.POST('/v1/customers/{id}/view', { params: { path: { id: customer } }, body: { session: service.id } })));
      } catch (thrown) {
        setFault(thrown);
      }
    },
    [service.id],
  );

  const serve = async (customer: string) => {
    setFault(null);
    show({ do: 'hide-all' });
    setSeen(null);
    try {
      const attached = await call(() => api.POST('/v1/service-sessions/{id}/customer', { params: { path: { id: service.id } }, body: { customer } }));
      onService(attached);
      await look(attached.customer ?? customer);
    } catch (thrown) {
      setFault(thrown);
    }
  };

  return (
    <div className="desk">
      <section className="callbar" aria-label={say('call')}>
        <span>
          {say('call')} <strong className="num">{reference}</strong>
        </span>
        {purpose && <span>{say('purposeIs', { purpose: tell(purpose) })}</span>}
        <span className="spread" />
        <Elapsed since={service.opened} label={say('elapsed')} />
        <Button danger onClick={() => setEnding(true)}>
          {say('hangUp')}
        </Button>
      </section>
      <div className="desk-main">
        <SearchBox service={service} first={caller} onChosen={serve} />
        {fault !== null && <ProblemNote fault={fault} />}
        {seen && (
          <Card
            service={service}
            seen={seen}
            shown={shown}
            show={(step) => {
              if (step.do === 'show') setCount((before) => before + 1);
              show(step);
            }}
            onVerify={() => verify.current?.focus()}
            onChanged={() => void look(seen.customer)}
            footer={`${initials(me.session.name)} · ${say('seen', { count })}`}
          />
        )}
      </div>
      <aside className="desk-side">
        {seen && (
          <VerifyStrip
            field={verify}
            service={service}
            seen={seen}
            onAnswer={(answer) => {
              onService(answer.session);
              if (answer.verified) void look(seen.customer);
            }}
          />
        )}
        <Hints customer={seen?.customer ?? null} service={service} />
      </aside>
      {ending && <WrapUp service={service.id} onBack={() => setEnding(false)} onEnded={onEnd} />}
    </div>
  );
}

function Elapsed({ since, label }: { since: number; label: string }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="num" title={label}>
      {clock(now - since)}
    </span>
  );
}
