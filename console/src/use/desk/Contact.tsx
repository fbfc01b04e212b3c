import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { api, call } from '../../api/client';
import { Refusal } from '../../api/problem';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { type Language, useSay, useWords } from '../../shell/words';
import type { LineState } from './CardLine';
import type { Service } from './Desk';
import { InLanguage, useCallerLanguage } from './language';
import type { Line } from './order';
import { once } from './pressed';
import { otherPurpose, outside, whyRefused } from './why';
import { words } from './words';

interface Reached {
  line: Line;
  customer: string;
  service: Service;
  set: (state: LineState) => void;
}

/** Hands the number on file to the company's gateway: this browser never sees it, whatever comes of it. */
export async function reach({
  line,
  customer,
  service,
  set,
  by,
  text,
  locale,
  purpose,
}: Reached & { by: 'call' | 'sms'; text: string | undefined; locale?: Language; purpose?: string }) {
  set({ busy: true, mode: null, why: null, fault: null, reached: null, correction: null, under: by, ...(text && { text }) });
  const body = { by, record: line.record, item: line.item, session: service.id, ...(text && { text }), ...(locale && { locale }), ...(purpose && { purpose }) };
  try {
    const params = { path: { id: customer } };
    const answer = await once(
      JSON.stringify([customer, body]),
      (key) => call(() => api.POST('/v1/customers/{id}/contact', { params: { ...params, header: { 'Idempotency-Key': key } }, body })),
      // While it is under way, or the answer was lost, pressing again asks for the same; any other answer ends it.
      (fault) => fault instanceof Refusal && fault.problem.code !== 'idempotency.busy',
    );
    if (answer) set({ busy: false, reached: by });
  } catch (thrown) {
    set(thrown instanceof Refusal && thrown.problem.reasons.length > 0 ? { busy: false, why: whyRefused(thrown.problem) } : { busy: false, fault: thrown });
  }
}

type Item = { kind: string; purposes: readonly unknown[] } | undefined;

/** What the line's number is good for: calls, and messages where it is a mobile. */
export const waysOf = (item: Item): readonly ('call' | 'sms')[] => (item?.kind === 'mobile' ? ['call', 'sms'] : item?.kind === 'phone' ? ['call'] : []);

/** By button or by key: a message asks which text first, a call goes out, or is offered under a purpose that the number serves. */
export function begin(asked: Reached, item: Item, by: 'call' | 'sms'): void {
  if (!waysOf(item).includes(by)) return;
  if (by === 'sms') asked.set({ mode: 'sms', reached: null, why: null, fault: null, correction: null });
  else if (outside(item, asked.service.purpose)) asked.set({ why: otherPurpose, under: 'call', mode: null, reached: null, fault: null, correction: null });
  else void reach({ ...asked, by, text: undefined });
}

/** [拨打][发短信] beside a number, whether or not it may be seen. */
export function ContactButtons({ busy, ...asked }: Reached & { busy: boolean }) {
  const say = useWords(words);
  const me = useMe();
  const item = me.words.items.find((one) => one.key === asked.line.item);
  if (!me.acts.has('contact')) return null;
  return waysOf(item).map((by) => (
    <Button key={by} size="small" tabIndex={-1} disabled={busy} onClick={() => begin(asked, item, by)}>
      {say(by === 'call' ? 'dial' : 'sms')} <kbd>{by === 'call' ? 'C' : 'S'}</kbd>
    </Button>
  ));
}

/** The fixed messages; each is read in full before it goes out. */
export function TextChoice({ line, customer, service, set }: Reached) {
  const say = useWords(words);
  const tell = useSay();
  const language = useCallerLanguage();
  const me = useMe();
  const first = useRef<HTMLButtonElement>(null);
  const asked = useQuery({ queryKey: ['contact-ways'], staleTime: 300_000, queryFn: () => call(() => api.GET('/v1/contact/ways')) });
  useEffect(() => {
    if (asked.data) first.current?.focus();
  }, [asked.data]);
  const send = (text: string) =>
    outside(
      me.words.items.find((one) => one.key === line.item),
      service.purpose,
    )
      ? set({ why: otherPurpose, under: 'sms', text, mode: null })
      : void reach({ line, customer, service, set, by: 'sms', text, locale: language });
  return (
    <Listing asked={asked} isEmpty={(ways) => ways.texts.length === 0}>
      {(ways) => (
        <ul className="texts" aria-label={say('smsWhich')}>
          {ways.texts.map((text, i) => (
            <li key={text.key} className="row">
              <div>
                <strong>{tell(text.title)}</strong>
                <p className="quiet">{text.text[language]}</p>
              </div>
              <span className="spread" />
              <Button ref={i === 0 ? first : undefined} size="small" type="primary" onClick={() => send(text.key)}>
                {say('send')}
              </Button>
            </li>
          ))}
          <li className="row">
            <InLanguage />
            <Button size="small" type="text" onClick={() => set({ mode: null })}>
              {say('cancel')}
            </Button>
          </li>
        </ul>
      )}
    </Listing>
  );
}
