import { Button } from 'antd';
import { type ReactNode, type RefCallback, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { LevelMark } from '../../shell/LevelMark';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useSay, useWords } from '../../shell/words';
import { useScenes } from '../../spine/approvals/shared';
import { ApprovalSheet } from './ApprovalSheet';
import { LookByCode } from './ByCode';
import { ContactButtons, reach, TextChoice } from './Contact';
import { Approved, Correct, closed, type Pending } from './Correct';
import type { Service } from './Desk';
import { entriesOf } from './entries';
import { useCallerLanguage } from './language';
import { OneField } from './OneField';
import type { Line } from './order';
import type { Reveal } from './reveals';
import { Waits } from './Waits';
import { otherPurposes, takesCode, type Why } from './why';
import { words } from './words';

/** What stands beside a line besides its value. No value of the customer's is in it, but one that was typed and waits for approval. */
export interface LineState {
  busy?: boolean;
  mode?: 'compare' | 'correct' | 'approval' | 'sms' | 'code' | null;
  /** What was asked for when it was refused: the same again under another purpose. */
  under?: 'view' | 'call' | 'sms';
  /** The purpose chosen for this line alone. */
  purpose?: string;
  /** A correction that a colleague is asked about, or has approved. */
  correction?: Pending | null;
  /** Key of the message that was to be sent. */
  text?: string;
  reached?: 'call' | 'sms' | null;
  match?: boolean | null;
  why?: Why | null;
  fault?: unknown;
  /** The request that a colleague has not answered yet, and the key of the correction it is about; null: it is about a look. */
  waits?: { id: string; of: string | null } | null;
  grant?: string;
}

interface Props {
  line: Line;
  title: string;
  /** What stands beside the value and belongs to the customer, not to the line. */
  beside?: ReactNode;
  focused: boolean;
  reveal: Reveal | undefined;
  state: LineState;
  set: (state: LineState) => void;
  customer: string;
  service: Service;
  onFocus: () => void;
  onReveal: (purpose?: string) => void;
  onCode: (code: Schemas['TypedCode'], month: string | undefined) => Promise<void>;
  onVerify: () => void;
  onChanged: () => void;
  hold: RefCallback<HTMLTableRowElement>;
}

export function CardLine(props: Props) {
  const { line, title, beside, focused, reveal, state, set, customer, service, onFocus, onReveal, hold } = props;
  const say = useWords(words);
  const me = useMe();
  const { level, shown } = line.seen;
  const openable = shown !== 'clear' || reveal !== undefined;
  const acts = (
    <div className="acts">
      {openable && (
        <Button size="small" tabIndex={-1} onClick={() => onReveal()} loading={state.busy ?? false}>
          {reveal ? say('remask') : say('reveal')} <kbd>{say('revealKey')}</kbd>
        </Button>
      )}
      <ContactButtons line={line} customer={customer} service={service} set={set} busy={state.busy ?? false} />
      <Button size="small" type="text" tabIndex={-1} onClick={() => set({ mode: 'compare' })}>
        {say('compare')}
      </Button>
      {me.acts.has('correct') && (
        <Button size="small" type="text" tabIndex={-1} onClick={() => set({ mode: 'correct' })}>
          {say('correct')}
        </Button>
      )}
    </div>
  );
  return (
    <>
      <tr ref={hold} tabIndex={focused ? 0 : -1} className={focused ? 'line focused' : 'line'} onFocus={onFocus} aria-busy={state.busy ?? false}>
        <th scope="row">{title}</th>
        <td colSpan={beside ? 2 : 1}>
          <div className="said">
            <span>
              <LevelMark level={level} /> <Value line={line} reveal={reveal} />
              {state.match != null && (
                <span className={state.match ? 'good' : 'bad'} role="status">
                  {state.match ? ` ✓ ${say('match')}` : ` ✗ ${say('noMatch')}`}
                </span>
              )}
              {state.reached && (
                <span className="good" role="status">
                  {' '}
                  ✓ {say(state.reached === 'call' ? 'called' : 'sent')}
                </span>
              )}
              {state.grant && !reveal && <span className="good"> {say('approvalGiven')}</span>}
            </span>
            {beside}
            {beside && acts}
          </div>
        </td>
        {!beside && <td>{acts}</td>}
      </tr>
      <Beneath {...props} />
    </>
  );
}

/** The value, and under a revealed one the line that shrinks as its time runs out. */
function Value({ line, reveal }: { line: Line; reveal: Reveal | undefined }) {
  const say = useWords(words);
  const tell = useSay();
  const item = useMe().words.items.find((one) => one.key === line.item);
  const options = item?.options;
  // A choice is kept by its key and read by its words.
  const read = (value: string) => {
    const option = options?.find((one) => one.key === value);
    return option ? tell(option) : value;
  };
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!reveal?.until) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    setNow(Date.now());
    return () => clearInterval(timer);
  }, [reveal]);
  if (!reveal)
    return line.seen.value ? (
      <span className="value">{read(line.seen.value)}</span>
    ) : (
      <span className="quiet">{say(line.seen.shown === 'withheld' ? 'withheld' : 'hidden')}</span>
    );
  return (
    <>
      <span className="value clear">
        <Entries list={item?.kind === 'records' || item?.kind === 'list'} value={read(reveal.value)} />
        {reveal.lasts !== null && <i className="runs-out" style={{ animationDuration: `${reveal.lasts}ms` }} />}
      </span>
      {reveal.until !== null && <span className="quiet num left"> {say('left', { seconds: Math.max(0, Math.ceil((reveal.until - now) / 1000)) })}</span>}
    </>
  );
}

/** A list of records is read line by line. */
function Entries({ list, value }: { list: boolean; value: string }) {
  const say = useWords(words);
  const entries = list ? entriesOf(value) : null;
  if (entries === null) return value;
  if (entries.length === 0) return <span className="quiet">{say('noEntries')}</span>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <span className="entries num" tabIndex={0}>
      {entries.map((entry, i) => (
        <span key={i}>{entry}</span>
      ))}
    </span>
  );
}

/** Refusal, comparing, correcting or asking for approval: in the line below, where the hand is. */
function Beneath({ line, title, state, set, customer, service, onVerify, onChanged, onReveal, onCode }: Props) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const language = useCallerLanguage();
  const scenes = useScenes().data ?? [];
  const item = me.words.items.find((one) => one.key === line.item);
  const others = otherPurposes(item, me.purposes, service.purpose);
  const byCode = state.under === 'view' && !state.correction && me.acts.has('contact') && takesCode(state.why?.scenes ?? [], scenes);
  const approved = state.correction?.grant ? state.correction : null;
  const ask = (
    <Button size="small" onClick={() => set({ mode: 'approval' })}>
      {say('askApproval')}
    </Button>
  );
  const again = (purpose: string) =>
    state.under === 'call' || state.under === 'sms'
      ? void reach({ line, customer, service, set, by: state.under, text: state.text, locale: language, purpose })
      : onReveal(purpose);
  const back = () => set({ mode: null });
  if (!state.why && !state.mode && !state.waits && !approved && state.fault == null) return null;
  return (
    <tr className="beneath">
      <td colSpan={3}>
        {state.fault != null && <ProblemNote fault={state.fault} />}
        {state.why && !state.mode && !state.waits && (
          <div className="row why" role="status">
            <span>{tell(state.why)}</span>
            {state.why.help === 'verify' && (
              <Button size="small" onClick={onVerify}>
                {say('goVerify')}
              </Button>
            )}
            {byCode && (
              <Button size="small" type="primary" onClick={() => set({ mode: 'code' })}>
                {say('askCode')}
              </Button>
            )}
            {(state.why.help === 'approval' || state.why.scenes.length > 0) && ask}
            {state.why.help === 'purpose' &&
              others.map((key) => (
                <Button key={key} size="small" onClick={() => again(key)}>
                  {say(`under-${state.under ?? 'view'}`, { purpose: tell(me.words.purposes.find((one) => one.key === key) ?? { zh: key, en: key }) })}
                </Button>
              ))}
            <WhyNot why={state.why} />
            {state.why.help === 'nda' && <Link to="/settings/nda">{say('goNda')}</Link>}
            {state.why.help === 'training' && <Link to="/todo">{say('goTraining')}</Link>}
          </div>
        )}
        {state.waits && <Waits waits={state.waits} until={service.until} state={state} set={set} />}
        {approved && !state.mode && <Approved title={title} customer={customer} service={service} set={set} onChanged={onChanged} correction={approved} />}
        {state.mode === 'code' && (
          <LookByCode
            customer={customer}
            record={line.record}
            item={line.item}
            months={item?.kind === 'records'}
            under={{ session: service.id, ...(state.purpose && { purpose: state.purpose }) }}
            act={onCode}
            onLeave={back}
            other={ask}
          />
        )}
        {state.mode === 'compare' && <Compare line={line} title={title} customer={customer} service={service} set={set} />}
        {state.mode === 'sms' && <TextChoice line={line} customer={customer} service={service} set={set} />}
        {state.mode === 'correct' && <Correct line={line} title={title} customer={customer} service={service} set={set} onChanged={onChanged} />}
        {state.mode === 'approval' && <ApprovalSheet line={line} title={title} customer={customer} service={service} state={state} set={set} onBack={back} />}
      </td>
    </tr>
  );
}

/** Everything the decision had to say about this line, codes included, so that a data owner can be asked about it. */
function WhyNot({ why }: { why: Why }) {
  const say = useWords(words);
  const tell = useSay();
  const [open, setOpen] = useState(false);
  // One reason is the sentence already said.
  if (why.all.length < 2) return null;
  return (
    <>
      <Button size="small" type="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        {say('whyNot')}
      </Button>
      {open && (
        <ul className="all-reasons">
          {why.all.map((reason) => (
            <li key={reason.code}>
              {tell(reason)} <code>{reason.code}</code>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type Inline = Pick<Props, 'line' | 'title' | 'customer' | 'service' | 'set'>;

/** Compares what the caller says and shows nothing (R118). */
function Compare({ line, title, customer, service, set }: Inline) {
  const say = useWords(words);
  const send = async (value: string) => {
    // What is refused now is about this, not about a correction that waits.
    set({ correction: null });
    try {
      const answer = await call(() =>
        api.POST('/v1/customers/{id}/compare', {
          params: { path: { id: customer } },
          body: { session: service.id, items: { [line.item]: { value, part: 'whole' } } },
        }),
      );
      set({ mode: null, match: answer.items[line.item] === 'match', fault: null });
    } catch (thrown) {
      set(closed(thrown));
    }
  };
  return <OneField label={say('compareSaid', { item: title })} go={say('compare')} onSend={send} onLeave={() => set({ mode: null })} />;
}
