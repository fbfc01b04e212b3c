import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';

import { LevelMark } from '../../shell/LevelMark';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';

import { useRun } from '../../shell/useRun';
import { useSay, useWords } from '../../shell/words';
import { useApprovals } from '../../spine/approvals/Queue';
import { stands } from '../../spine/approvals/shared';
import { changes, type Definition } from './changes';
import { Editor, Mistakes } from './Editor';
import { useFormNames } from './names';
import { words } from './words';
import '../../store/catalogue/catalogue.css';
import './forms.css';

type Form = Schemas['FormView'];
type Version = Schemas['FormVersion'];

const useForms = () => useQuery({ queryKey: ['forms'], queryFn: async () => (await call(() => api.GET('/v1/forms'))).forms });

/** Forms on their way: drafted, reviewed by a second person, approved by another, published (R20, R21). */
export default function Forms() {
  const say = useWords(words);
  const [address] = useSearchParams();
  const asked = useForms();
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(forms) => forms.length === 0} empty={say('none')}>
        {(forms) => {
          const chosen = forms.find((one) => one.key === address.get('form'));
          return chosen ? <One key={chosen.key} form={chosen} /> : <List forms={forms} />;
        }}
      </Listing>
    </>
  );
}

function List({ forms }: { forms: readonly Form[] }) {
  const say = useWords(words);
  const tell = useSay();
  const step = useStep();
  return (
    <div className="panel table-panel">
      <table className="sheet">
        <thead>
          <tr>
            <th scope="col">{say('form')}</th>
            <th scope="col">{say('channel')}</th>
            <th scope="col">{say('open')}</th>
            <th scope="col">{say('draft')}</th>
          </tr>
        </thead>
        <tbody>
          {forms.map((form) => {
            const shown = (form.open ?? form.draft) as Version;
            return (
              <tr key={form.key}>
                <th scope="row">
                  <Link to={{ search: `form=${form.key}` }}>{tell(shown.form.title)}</Link>
                </th>
                <td data-label={say('channel')}>{say(shown.form.channel)}</td>
                <td data-label={say('open')} className="num">
                  {form.open ? <span className="good">✓ {say('version', { n: form.open.version })}</span> : <span className="quiet">{say('notOpen')}</span>}
                </td>
                <td data-label={say('draft')} className="num">
                  {form.draft ? (
                    <span className="warn">
                      {say('version', { n: form.draft.version })} · {say(`state-${step(form)}`)}
                    </span>
                  ) : (
                    <span className="quiet">{say('nothing')}</span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The approval of exactly this draft that I asked for; its digest binds it to the version. */
function usePublication(): (form: Form) => Schemas['ApprovalView'] | undefined {
  const me = useMe();
  const approvals = useApprovals().data ?? [];
  return (form) =>
    approvals.find(
      (one) =>
        one.act === 'form.publish' && one.content === form.draft?.digest && one.requester === me.session.person && (stands(one) || one.state === 'requested'),
    );
}

function useStep(): (form: Form) => 'draft' | 'reviewed' | 'open' | 'asked' | 'ready' {
  const publication = usePublication();
  return (form) => {
    const approval = publication(form);
    if (form.draft?.state === 'reviewed' && approval) return stands(approval) ? 'ready' : 'asked';
    return form.draft?.state ?? 'open';
  };
}

function One({ form }: { form: Form }) {
  const say = useWords(words);
  const tell = useSay();
  const [editing, setEditing] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const shown = (form.draft ?? form.open) as Version;
  return (
    <section className="stack" aria-labelledby="form-title">
      <header className="row wrap">
        <Link to={{ search: '' }}>{say('all')}</Link>
        <h2 id="form-title">{tell(shown.form.title)}</h2>
        <code className="quiet">{form.key}</code>
      </header>
      {note && (
        <p className="good" role="status">
          ✓ {note}
        </p>
      )}
      {form.draft && <Changes open={form.open?.form ?? null} draft={form.draft.form} />}
      <Steps form={form} onEdit={() => setEditing(true)} onNote={setNote} />
      <div className="versions">
        {form.draft && <Shown version={form.draft} title={say('draft')} />}
        {form.open && <Shown version={form.open} title={say('open')} />}
      </div>
      {editing && (
        <Editor
          form={shown.form}
          onClose={() => setEditing(false)}
          onSaved={() => {
            setEditing(false);
            setNote(say('saved'));
          }}
        />
      )}
    </section>
  );
}

const marks = { added: '+', removed: '−', changed: '≠' } as const;

function Changes({ open, draft }: { open: Definition | null; draft: Definition }) {
  const say = useWords(words);
  const name = useFormNames();
  const found = open ? changes(open, draft) : [];
  return (
    <section className="panel stack" aria-labelledby="form-changes">
      <h2 id="form-changes">{say('changes')}</h2>
      {open === null ? (
        <p className="quiet">{say('first')}</p>
      ) : found.length === 0 ? (
        <p className="quiet">{say('noChanges')}</p>
      ) : (
        <ul className="changes">
          {found.map((one) => (
            <li key={`${one.what}${one.key}`} className={one.kind}>
              <span aria-hidden="true">{marks[one.kind]}</span> {say(one.kind)} · {say(`what-${one.what}`)} {name.change(one)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The one thing that comes next, and who may do it; what the server refuses is told here, mistake by mistake. */
function Steps({ form, onEdit, onNote }: { form: Form; onEdit: () => void; onNote: (note: string | null) => void }) {
  const say = useWords(words);
  const me = useMe();
  const queries = useQueryClient();
  const publication = usePublication()(form);
  const { fault, busy, run } = useRun();
  const [reason, setReason] = useState('');
  const path = { params: { path: { key: form.key } } };
  const act = (send: () => Promise<unknown>, done: string | null) =>
    run(async () => {
      onNote(null);
      await send();
      onNote(done);
      await Promise.all([queries.invalidateQueries({ queryKey: ['forms'] }), queries.invalidateQueries({ queryKey: ['approvals'] })]);
    });
  const draft = form.draft;
  return (
    <section className="panel stack" aria-labelledby="form-next">
      <h2 id="form-next">{say('next')}</h2>
      {fault !== null && <Mistakes fault={fault} />}
      {draft?.state === 'draft' && draft.author === me.session.person && <p className="quiet">{say('reviewOther')}</p>}
      {draft?.state === 'reviewed' && !publication && (
        <label className="field" htmlFor="form-reason">
          <span>{say('askReason')}</span>
          <Input id="form-reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
        </label>
      )}
      <div className="row wrap">
        {draft?.state === 'draft' && draft.author !== me.session.person && (
          <Button type="primary" loading={busy} onClick={() => void act(() => call(() => api.POST('/v1/forms/{key}/review', path)), null)}>
            {say('review')}
          </Button>
        )}
        {draft?.state === 'reviewed' && !publication && (
          <Button
            type="primary"
            loading={busy}
            onClick={() =>
              void act(
                () =>
                  call(() =>
                    api.POST('/v1/forms/{key}/request', {
                      ...path,
                      body: { until: Date.now() + 6 * 86_400_000, ...(reason.trim() && { reason: reason.trim() }) },
                    }),
                  ),
                null,
              )
            }
          >
            {say('ask')}
          </Button>
        )}
        {publication && (
          <>
            <span className={stands(publication) ? 'good' : 'warn'}>{say(stands(publication) ? 'state-ready' : 'state-asked')}</span>
            <Link to={`/approvals/request?id=${publication.id}`}>{say('asked')}</Link>
            {stands(publication) && (
              <Button
                type="primary"
                loading={busy}
                onClick={() =>
                  void act(() => call(() => api.POST('/v1/forms/{key}/publish', { ...path, body: { approval: publication.id } })), say('published'))
                }
              >
                {say('publish')}
              </Button>
            )}
          </>
        )}
        <Button onClick={onEdit}>{say(draft ? 'editDraft' : 'edit')}</Button>
      </div>
    </section>
  );
}

function Shown({ version, title }: { version: Version; title: string }) {
  const say = useWords(words);
  const me = useMe();
  const name = useFormNames();
  const { form } = version;
  const level = (key: string) => me.words.items.find((one) => one.key === key)?.level ?? 4;
  const lines: [string, string][] = [
    [say('channel'), say(form.channel)],
    [say('records'), form.records.map(name.record).join(name.and)],
    [say('purposes'), form.purposes.map(name.purpose).join(name.and)],
    [say('notice'), form.notice],
    [say('evidence'), form.evidence.map((one) => say(one)).join(name.and)],
  ];
  return (
    <section className="panel stack" aria-label={title}>
      <header className="row wrap">
        <h2>{title}</h2>
        <span className="quiet num">{say('version', { n: version.version })}</span>
        <span className={version.state === 'open' ? 'good' : 'warn'}>{say(`state-${version.state}`)}</span>
      </header>
      <dl className="told">
        {lines
          .filter(([, value]) => value !== '')
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        <div>
          <dt>{say('items')}</dt>
          <dd>
            <ul>
              {form.items.map((one) => (
                <li key={one.item}>
                  <LevelMark level={level(one.item)} /> {name.item(one.item)}{' '}
                  <span className="quiet">{one.oneOf ? say('oneOf', { group: one.oneOf }) : say(one.required ? 'required' : 'optional')}</span>
                </li>
              ))}
            </ul>
          </dd>
        </div>
        <div>
          <dt>{say('consents')}</dt>
          <dd>
            {form.consents.length === 0 && <span className="quiet">{say('noConsents')}</span>}
            <ul>
              {form.consents.map((one) => (
                <li key={`${one.purpose}${one.separate}`}>
                  {name.purpose(one.purpose)} <span className="quiet">{say(one.form)}</span>
                  {one.separate && (
                    <span className="warn">
                      {' '}
                      {say('separate')} · {one.items.map(name.item).join(name.and)}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
    </section>
  );
}
