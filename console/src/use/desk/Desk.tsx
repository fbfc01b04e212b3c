import { Button } from 'antd';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { initials, useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { clock } from '../../shell/time';
import { useSay, useWords } from '../../shell/words';
import { CallStart } from './CallStart';
import { Candidates } from './Candidates';
import { Card } from './Card';
import { Hints } from './Hints';
import { CallerLanguage } from './language';
import { Ringing, type Taken } from './Ringing';
import { reveals } from './reveals';
import { type Over, overOf, type Ring, ringing } from './rings';
import { SearchBox } from './SearchBox';
import { useCalls } from './useCalls';
import { VerifyStrip } from './VerifyStrip';
import { WrapUp } from './WrapUp';
import { words } from './words';
import './desk.css';

export type Service = Schemas['SessionAnswer'];
export type Seen = Schemas['ViewAnswer'];

/** What is said of a call once, when it begins. */
interface Begun {
  service: Service;
  reference: string;
  /** As typed, to be looked up at once; empty for a call of the telephone system, whose number the server alone knows. */
  caller: string;
  ring: Taken | null;
}

/** One call from ring to hang-up (domain.md §5). Everything that was read lives in this component and goes with the call. */
export default function Desk() {
  const say = useWords(words);
  const [begun, setBegun] = useState<Begun | null>(null);
  const serving = begun?.ring != null;
  const { calls, look } = useCalls(begun === null || serving, serving);
  const end = useCallback(() => setBegun(null), []);
  const onService = useCallback((service: Service) => setBegun((before) => before && { ...before, service }), []);
  return (
    <>
      <h1 className={begun ? 'hidden-from-sight' : undefined}>{say('title')}</h1>
      {begun ? (
        <CallerLanguage key={begun.service.id}>
          <OpenCall {...begun} calls={calls} onService={onService} onEnd={end} />
        </CallerLanguage>
      ) : (
        <div className="stack">
          <Ringing rings={ringing(calls)} onGone={look} onTaken={(ring) => setBegun({ service: ring.session, reference: ring.reference, caller: '', ring })} />
          <CallStart onOpen={(service, reference, caller) => setBegun({ service, reference, caller, ring: null })} />
        </div>
      )}
    </>
  );
}

interface Open extends Begun {
  /** Of the telephone system, this one among them if it is one. */
  calls: readonly Ring[];
  onService: (service: Service) => void;
  onEnd: () => void;
}

function OpenCall({ service, onService, reference, caller, ring, calls, onEnd }: Open) {
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

  const over = useOver(service, ring, calls);
  useEffect(() => {
    if (over !== null) show({ do: 'end' });
  }, [over]);

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
        {ring && (
          <span>
            {say('from')} <strong className="num">{ring.number ?? say('noNumber')}</strong>
          </span>
        )}
        {purpose && <span>{say('purposeIs', { purpose: tell(purpose) })}</span>}
        <span className="spread" />
        <Elapsed since={service.opened} label={say('elapsed')} />
        <Button danger onClick={() => setEnding(true)}>
          {say('hangUp')}
        </Button>
      </section>
      <div className="desk-main">
        <SearchBox service={service} first={caller} onChosen={serve} />
        {ring?.number && <Candidates ring={ring.id} onChosen={serve} />}
        {fault !== null && <ProblemNote fault={fault} />}
        {/* With the call goes what was typed into its lines, and what they wait for. */}
        {seen && over === null && (
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
      {(ending || over !== null) && <WrapUp service={service.id} over={over} onBack={() => setEnding(false)} onEnded={onEnd} />}
    </div>
  );
}

/** How the call ended by itself, if it did; what was seen first stands. The session's length is measured here: this clock may be wrong. */
function useOver(service: Service, ring: Taken | null, calls: readonly Ring[]): Over | null {
  const [ends] = useState(() => Date.now() + service.until - service.opened);
  const [first, setFirst] = useState<Over | null>(null);
  const seen = overOf(calls, ring?.id ?? null, ends - Date.now());
  useEffect(() => {
    if (seen !== null) setFirst((before) => before ?? seen);
  }, [seen]);
  useEffect(() => {
    const timer = setTimeout(() => setFirst((before) => before ?? 'expired'), Math.max(0, ends - Date.now()));
    return () => clearTimeout(timer);
  }, [ends]);
  return first ?? seen;
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
