import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox } from 'antd';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../api/client';
import { type FieldError, type Problem, Refusal, voidsGrant } from '../api/problem';
import { FormEnd } from '../shell/FormEnd';
import { Listing } from '../shell/Listing';
import { useLanguage, useSay, useWords } from '../shell/words';
import { ConsentLine } from './ConsentLine';
import { EvidenceField, ItemField } from './Fields';
import { Receipt } from './Receipt';
import { type Draft, emptyDraft, place, submission, unanswered } from './submission';
import { Typed } from './Typed';
import { words } from './words';

type Notice = Schemas['NoticeView'];

/** One form, one customer: notice, consents, items, receipt. What is typed lives here and is forgotten when it is handed in. */
export function Sheet({ version }: { version: Schemas['FormVersion'] }) {
  const say = useWords(words);
  const tell = useSay();
  const { form } = version;
  const notice = useQuery({
    queryKey: ['notice', form.notice, form.key],
    queryFn: () => call(() => api.GET('/v1/notices/{key}', { params: { path: { key: form.notice } } })),
    staleTime: 60_000,
  });
  return (
    <section className="stack collect" aria-label={tell(form.title)}>
      <header className="row wrap">
        <h2>{tell(form.title)}</h2>
        <span className="quiet num">{say('version', { n: version.version })}</span>
        <span className="spread" />
        <Link to={{ search: '' }}>{say('other')}</Link>
      </header>
      <Listing asked={notice} isEmpty={() => false}>
        {(shown) => <Fill version={version} notice={shown} onStale={() => void notice.refetch()} />}
      </Listing>
    </section>
  );
}

function NoticeText({ notice }: { notice: Notice }) {
  const say = useWords(words);
  const language = useLanguage();
  const [read, setRead] = useState(language);
  return (
    <section className="panel stack" aria-labelledby="notice-title">
      <header className="row wrap">
        <h2 id="notice-title">{say('notice')}</h2>
        <span className="quiet num">{say('noticeVersion', { n: notice.version, date: notice.date })}</span>
        <span className="quiet">{say('noticeRead')}</span>
        <span className="spread" />
        <Button size="small" onClick={() => setRead(read === 'zh' ? 'en' : 'zh')}>
          {read === 'zh' ? say('inEnglish') : say('inChinese')}
        </Button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section className="notice-text" lang={read === 'zh' ? 'zh-CN' : 'en'} tabIndex={0} aria-label={say('notice')}>
        {notice[read]}
      </section>
    </section>
  );
}

function Fill({ version, notice, onStale }: { version: Schemas['FormVersion']; notice: Notice; onStale: () => void }) {
  const say = useWords(words);
  const language = useLanguage();
  const { form } = version;
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [tried, setTried] = useState(false);
  const [wrong, setWrong] = useState<Map<string, FieldError[]>>(new Map());
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Schemas['IntakeAnswer'] | 'known' | null>(null);
  // What a colleague has to let in, exactly as it was refused.
  const [typed, setTyped] = useState<ReturnType<typeof submission> | null>(null);
  // His approval, until the draft changes or the server says that it is of no use.
  const [grant, setGrant] = useState<string | null>(null);
  // The same key for every attempt at this customer: a lost answer does not collect twice.
  const once = useRef(crypto.randomUUID());
  const put = (part: 'items' | 'evidence' | 'consents' | 'proofs') => (key: string) => (value: string) => {
    once.current = crypto.randomUUID();
    setTyped(null);
    setGrant(null);
    setDraft((before) => ({ ...before, [part]: { ...before[part], [key]: value } }));
  };
  const errorsAt = (key: string): string[] => [...new Set((wrong.get(key) ?? []).map((error) => error[language]))];
  const missing = unanswered(form, draft);
  const begin = () => {
    once.current = crypto.randomUUID();
    setDraft(emptyDraft);
    setTyped(null);
    setGrant(null);
    setMade(null);
    setTried(false);
    setWrong(new Map());
  };
  const send = async (grant: string | null) => {
    setTried(true);
    if (!draft.shown || missing.length > 0) return;
    setBusy(true);
    setFault(null);
    setWrong(new Map());
    setTyped(null);
    const body = submission(form, notice, draft);
    try {
      const answer = await call(() =>
        api.POST('/v1/collect/{form}', {
          params: { path: { form: form.key } },
          body: body as never,
          headers: { 'Idempotency-Key': once.current, ...(grant && { Grant: grant }) },
        }),
      );
      setDraft(emptyDraft);
      setMade('receipt' in answer ? answer : 'known');
    } catch (thrown) {
      if (voidsGrant(thrown)) setGrant(null);
      const problem: Problem | null = thrown instanceof Refusal ? thrown.problem : null;
      const placed = place(problem?.errors ?? [], body);
      setWrong(placed);
      // What stands at its field is not said a second time above the form.
      const byHand = problem?.reasons.some((reason) => reason.code === 'document.typed') ?? false;
      if (byHand) setTyped(body);
      setFault(byHand || (placed.size > 0 && !placed.has('')) ? null : thrown);
      if (placed.size > 0) setTimeout(() => document.querySelector<HTMLElement>('.collect [aria-invalid="true"]')?.focus());
      if (problem?.reasons.some((reason) => reason.code.startsWith('notice.')) || problem?.errors.some((error) => error.code.startsWith('notice.'))) {
        setDraft((before) => ({ ...before, shown: false }));
        onStale();
      }
    } finally {
      setBusy(false);
    }
  };

  if (made) return <Receipt made={made} notice={notice} onNext={begin} />;
  return (
    <>
      <form
        className="stack"
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send(grant);
        }}
      >
        <NoticeText notice={notice} />
        <div>
          <Checkbox checked={draft.shown} onChange={(event) => setDraft((before) => ({ ...before, shown: event.target.checked }))}>
            {say('shown')}
          </Checkbox>
          {tried && !draft.shown && (
            <p className="bad" role="alert">
              {say('shownNeeded')}
            </p>
          )}
        </div>
        {form.consents.length > 0 && (
          <section className="panel stack" aria-labelledby="consents-title">
            <header>
              <h2 id="consents-title">{say('consents')}</h2>
              <p className="quiet">{say('consentsHint')}</p>
            </header>
            {form.consents.map((consent) => (
              <ConsentLine key={`${consent.purpose}${consent.separate}`} consent={consent} draft={draft} tried={tried} errorsAt={errorsAt} put={put} />
            ))}
          </section>
        )}
        <section className="panel stack" aria-labelledby="items-title">
          <h2 id="items-title">{say('items')}</h2>
          <div className="fields">
            {form.items.map((item) => (
              <ItemField key={item.item} form={form} item={item} draft={draft} errors={errorsAt(`item:${item.item}`)} onChange={put('items')(item.item)} />
            ))}
          </div>
        </section>
        {form.evidence.length > 0 && (
          <section className="panel stack" aria-labelledby="evidence-title">
            <h2 id="evidence-title">{say('evidence')}</h2>
            <div className="fields">
              {form.evidence.map((kind) => (
                <EvidenceField
                  key={kind}
                  kind={kind}
                  value={draft.evidence[kind] ?? ''}
                  errors={errorsAt(`evidence:${kind}`)}
                  onChange={put('evidence')(kind)}
                />
              ))}
            </div>
          </section>
        )}
        {grant && !busy && (
          <p className="good" role="status">
            {say('typedGiven')}
          </p>
        )}
        <FormEnd fault={fault} busy={busy}>
          {say('submit')}
        </FormEnd>
      </form>
      {typed && grant === null && (
        <Typed
          key={once.current}
          form={form.key}
          body={typed}
          onGranted={(given) => {
            setGrant(given);
            void send(given);
          }}
        />
      )}
    </>
  );
}
