import { Button, Input, type InputRef } from 'antd';
import { type RefObject, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { type ItemWords, useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useSay, useWords } from '../../shell/words';
import type { Seen, Service } from './Desk';
import { words } from './words';

type Said = Schemas['VerifyRequest']['items'];
type Proof = 'birth' | 'document' | 'booking';

/** Which items of this customer can prove who calls: domain.md §5. The server judges; this only chooses what to ask. */
export function proofs(seen: Seen, items: readonly ItemWords[]): Partial<Record<Proof, ItemWords[]>> {
  const held = new Set(seen.records.flatMap((record) => Object.keys(record.items)));
  const having = items.filter((item) => held.has(item.key));
  const found: Partial<Record<Proof, ItemWords[]>> = {
    birth: having.filter((item) => item.kind === 'date' && item.category === 'identity'),
    document: having.filter((item) => item.identifies).slice(0, 1),
    booking: having.filter((item) => item.category === 'transaction' && ['code', 'code6', 'digits', 'digits13'].includes(item.kind)),
  };
  for (const proof of Object.keys(found) as Proof[]) if (found[proof]?.length === 0) delete found[proof];
  return found;
}

/** Thirteen digits are a ticket, anything else a booking number. */
export const bookingItem = (value: string, items: readonly ItemWords[]): ItemWords | undefined =>
  items.find((item) => (item.kind === 'digits13') === /^\d{13}$/.test(value.replace(/[\s-]/g, ''))) ?? items[0];

/** The agent types what the caller says; the answer is match or no match and shows nothing (R118). Three tries. */
export function VerifyStrip({
  service,
  seen,
  field,
  onAnswer,
}: {
  service: Service;
  seen: Seen;
  field: RefObject<HTMLInputElement | null>;
  onAnswer: (answer: Schemas['VerifyAnswer']) => void;
}) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const possible = useMemo(() => proofs(seen, me.words.items), [seen, me]);
  const [typed, setTyped] = useState<Partial<Record<Proof, string>>>({});
  const [answered, setAnswered] = useState<Partial<Record<Proof, boolean>>>({});
  const [tries, setTries] = useState<number | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const first = useRef<InputRef>(null);
  useImperativeHandle(field, () => first.current?.input as HTMLInputElement);

  const check = async () => {
    const items: Said = {};
    const asked: Partial<Record<Proof, string>> = {};
    const take = (proof: Proof, item: ItemWords | undefined, part: 'whole' | 'last-4') => {
      const value = typed[proof]?.trim();
      if (value && item) {
        items[item.key] = { value, part };
        asked[proof] = item.key;
      }
    };
    take('birth', possible.birth?.[0], 'whole');
    take('document', possible.document?.[0], 'last-4');
    take('booking', bookingItem(typed.booking ?? '', possible.booking ?? []), 'whole');
    if (Object.keys(items).length === 0) return;
    setBusy(true);
    setFault(null);
    try {
      const answer = await call(() => api.POST('/v1/service-sessions/{id}/verify', { params: { path: { id: service.id } }, body: { items } }));
      setAnswered(Object.fromEntries(Object.entries(asked).map(([proof, item]) => [proof, answer.items[item] === 'match'])));
      setTries(answer.tries);
      setTyped({});
      onAnswer(answer);
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };

  const document = possible.document?.[0];
  const labels: Record<Proof, string> = { birth: say('birth'), document: say('document', { item: document ? tell(document) : '' }), booking: say('booking') };
  const shown = (['document', 'birth', 'booking'] as Proof[]).filter((proof) => possible[proof]);
  return (
    <section className="panel stack" aria-label={say('verify')}>
      <h2>{say('verify')}</h2>
      {service.verified ? (
        <p className="good" role="status">
          ✓ {say('verified')}
        </p>
      ) : tries === 0 ? (
        <p className="warn" role="status">
          {say('triesOut')}
        </p>
      ) : (
        <form
          className="verify"
          onSubmit={(event) => {
            event.preventDefault();
            void check();
          }}
        >
          <p className="quiet">{say('verifyHint')}</p>
          {shown.map((proof, i) => (
            <label key={proof} className="verify-line">
              <span>{labels[proof]}</span>
              <Input
                ref={i === 0 ? first : undefined}
                value={typed[proof] ?? ''}
                placeholder={proof === 'birth' ? say('birthExample') : undefined}
                onChange={(event) => setTyped({ ...typed, [proof]: event.target.value })}
                autoComplete="off"
                spellCheck={false}
                maxLength={64}
                className="num"
              />
              <span className={answered[proof] ? 'good' : 'bad'} role="status">
                {answered[proof] === undefined ? '' : answered[proof] ? `✓ ${say('match')}` : `✗ ${say('noMatch')}`}
              </span>
            </label>
          ))}
          <div className="row">
            <Button htmlType="submit" loading={busy}>
              {say('verifyGo')}
            </Button>
            {tries !== null && <span className="quiet num">{say('tries', { count: tries })}</span>}
          </div>
        </form>
      )}
      {fault !== null && <ProblemNote fault={fault} />}
    </section>
  );
}
