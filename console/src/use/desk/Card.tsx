import { type ReactNode, useMemo, useRef, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Refusal } from '../../api/problem';
import { useMe } from '../../shell/me';
import { exactly } from '../../shell/time';
import { useLanguage, useSay, useWords } from '../../shell/words';
import { CardLine, type LineState } from './CardLine';
import { Consents } from './Consents';
import { begin } from './Contact';
import type { Seen, Service } from './Desk';
import { inOrderOfNeed, type Line } from './order';
import type { Reveals, reveals } from './reveals';
import { otherPurpose, outside, whyMasked, whyRefused } from './why';
import { words } from './words';

export interface CardProps {
  service: Service;
  seen: Seen;
  shown: Reveals;
  show: (step: Parameters<typeof reveals>[1]) => void;
  onVerify: () => void;
  onChanged: () => void;
  footer: string;
}

/** The masked card, ordered by need. ↑↓ move, Space reveals the focused line under the call's purpose, Enter compares, C calls, S writes, Esc masks all. */
export function Card({ service, seen, shown, show, onVerify, onChanged, footer }: CardProps) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const { name, groups } = useMemo(
    () =>
      inOrderOfNeed(
        seen.records,
        (key) =>
          !outside(
            me.words.items.find((one) => one.key === key),
            service.purpose,
          ),
      ),
    [seen, me, service.purpose],
  );
  const lines = useMemo(() => [...(name ? [name] : []), ...groups.flatMap((group) => group.lines)], [name, groups]);
  const [at, setAt] = useState(0);
  const [states, setStates] = useState<Record<string, LineState>>({});
  const rows = useRef(new Map<string, HTMLTableRowElement>());
  const set = (id: string, state: LineState) => setStates((before) => ({ ...before, [id]: { ...before[id], ...state } }));
  const titleOf = (item: string) => tell(me.words.items.find((one) => one.key === item) ?? { zh: item, en: item });
  const typeOf = (type: string) => tell(me.words.records.find((one) => one.key === type) ?? { zh: type, en: type });

  const wordsOf = (item: string) => me.words.items.find((one) => one.key === item);
  /** Opens one line, or says why it stays closed; throws what refuses it. */
  const open = async (line: Line, also: Pick<Schemas['ViewRequest'], 'grant' | 'purpose' | 'month' | 'code'>) => {
    const answer = await call(() =>
      api.POST('/v1/customers/{id}/view', {
        params: { path: { id: seen.customer } },
        body: { session: service.id, records: [line.record], items: [line.item], clear: [line.item], ...also },
      }),
    );
    const item = answer.records.find((record) => record.id === line.record)?.items[line.item];
    if (item?.shown === 'clear' && item.value != null) show({ do: 'show', id: line.id, value: item.value, level: item.level, now: Date.now() });
    else set(line.id, { why: whyMasked(item?.reasons ?? [], answer.decision) });
  };
  const openByCode = async (line: Line, code: Schemas['TypedCode'], month: string | undefined) => {
    const purpose = states[line.id]?.purpose;
    set(line.id, { why: null });
    await open(line, { code, ...(month && { month }), ...(purpose && { purpose }) });
    set(line.id, { mode: null });
    rows.current.get(line.id)?.focus();
  };
  const reveal = async (line: Line, chosen?: string) => {
    const purpose = chosen ?? states[line.id]?.purpose;
    if (shown[line.id]) {
      show({ do: 'hide', id: line.id });
      return;
    }
    if (states[line.id]?.busy) return;
    if (!purpose && outside(wordsOf(line.item), service.purpose)) {
      set(line.id, { why: otherPurpose, under: 'view', mode: null, correction: null });
      return;
    }
    set(line.id, { busy: true, why: null, fault: null, under: 'view', correction: null, ...(purpose && { purpose }) });
    const grant = states[line.id]?.grant;
    try {
      await open(line, { ...(grant && { grant }), ...(purpose && { purpose }) });
    } catch (thrown) {
      set(line.id, thrown instanceof Refusal && thrown.problem.reasons.length > 0 ? { why: whyRefused(thrown.problem) } : { fault: thrown });
    } finally {
      set(line.id, { busy: false });
      rows.current.get(line.id)?.focus();
    }
  };

  const contact = (line: Line, by: 'call' | 'sms') =>
    me.acts.has('contact') &&
    !states[line.id]?.busy &&
    begin({ line, customer: seen.customer, service, set: (state) => set(line.id, state) }, wordsOf(line.item), by);

  const move = (to: number) => {
    const next = Math.max(0, Math.min(lines.length - 1, to));
    setAt(next);
    const line = lines[next];
    if (line) rows.current.get(line.id)?.focus();
  };
  const onKey = (event: React.KeyboardEvent) => {
    // A key held down asks once: nobody is called as often as it repeats.
    if ((event.target as HTMLElement).tagName !== 'TR' || (event.repeat && !event.key.startsWith('Arrow'))) return;
    const line = lines[at];
    if (!line) return;
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(lines.length - 1),
      ' ': () => void reveal(line),
      Enter: () => set(line.id, { mode: 'compare' }),
      c: () => contact(line, 'call'),
      s: () => contact(line, 'sms'),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  };

  const lineOf = (line: Line, beside?: ReactNode) => {
    const i = lines.indexOf(line);
    return (
      <CardLine
        key={line.id}
        line={line}
        title={titleOf(line.item)}
        beside={beside}
        focused={i === at}
        reveal={shown[line.id]}
        state={states[line.id] ?? {}}
        set={(state) => set(line.id, state)}
        customer={seen.customer}
        service={service}
        onFocus={() => setAt(i)}
        onReveal={(purpose) => void reveal(line, purpose)}
        onCode={(code, month) => openByCode(line, code, month)}
        onVerify={onVerify}
        onChanged={onChanged}
        hold={(row) => {
          if (row) rows.current.set(line.id, row);
          else rows.current.delete(line.id);
        }}
      />
    );
  };
  const consents = <Consents customer={seen.customer} service={service.id} purpose={service.purpose} />;
  const same = (type: string) => groups.filter((group) => group.type === type);
  return (
    <section className="card panel" aria-label={say('card')}>
      {/* Who looks, beside the values and never over them: a photograph of the screen names its taker. */}
      <span className="watermark num" aria-hidden="true">
        {`${me.session.name} · ${me.session.account} · ${exactly(service.opened, language)}`}
      </span>
      {!name && consents}
      <table className="lines" onKeyDown={onKey}>
        <thead className="hidden-from-sight">
          <tr>
            <th scope="col">{say('item')}</th>
            <th scope="col">{say('value')}</th>
            <th scope="col">{say('actions')}</th>
          </tr>
        </thead>
        {name && <tbody className="whose">{lineOf(name, consents)}</tbody>}
        {groups.map((group) => (
          <tbody key={group.record}>
            <tr className="record">
              <th scope="rowgroup" colSpan={3}>
                {typeOf(group.type)}
                {same(group.type).length > 1 && <span className="quiet num"> {`${same(group.type).indexOf(group) + 1}/${same(group.type).length}`}</span>}
                {group.state !== 'active' && <span className="warn"> {say(`state_${group.state as 'restricted' | 'archived' | 'destroyed'}`)}</span>}
              </th>
            </tr>
            {group.lines.map((line) => lineOf(line))}
          </tbody>
        ))}
      </table>
      <footer className="row quiet num">
        <span>{say('keys')}</span>
        <span className="spread" />
        <span role="status">{footer}</span>
      </footer>
    </section>
  );
}
