import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { Link } from 'react-router';
import { api, call } from '../../api/client';
import { FileField } from '../../shell/FileField';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { useRun } from '../../shell/useRun';
import { useSay, useWords } from '../../shell/words';
import { useApprovals } from '../../spine/approvals/Queue';
import { type Approval, Countdown, StateMark, stands } from '../../spine/approvals/shared';
import { approvedOf, firstBadLine, largestFile, type Print, printOf } from './file';
import { Run } from './Run';
import { words } from './words';
import './imports.css';

/** Files that people bring in: asked for and approved by digest and lines, then sent as they are (R41). Nothing of a file is kept here or in the address. */
export default function Imports() {
  const say = useWords(words);
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      <Ask />
      <Mine />
    </>
  );
}

const useForms = () =>
  useQuery({
    queryKey: ['forms-open', 'all'],
    queryFn: async () => (await call(() => api.GET('/v1/forms'))).forms.flatMap((form) => (form.open ? [form.open.form] : [])),
    staleTime: 60_000,
  });

/** Why a file cannot be asked for; null: it can. */
type Wrong = { key: 'large' | 'empty' } | { key: 'badLine'; line: number } | null;

function Ask() {
  const say = useWords(words);
  const tell = useSay();
  const id = useId();
  const queries = useQueryClient();
  const forms = useForms();
  const { fault, busy, run } = useRun();
  const [form, setForm] = useState<string | undefined>();
  const [print, setPrint] = useState<Print | null>(null);
  const [wrong, setWrong] = useState<Wrong>(null);
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState(4);
  const [sent, setSent] = useState<string | null>(null);
  const look = async (file: File | undefined) => {
    setPrint(null);
    setSent(null);
    setWrong(file && file.size > largestFile ? { key: 'large' } : null);
    if (!file || file.size > largestFile) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const bad = firstBadLine(bytes);
    setWrong(bytes.length === 0 ? { key: 'empty' } : bad === null ? null : { key: 'badLine', line: bad });
    if (bytes.length > 0 && bad === null) setPrint(await printOf(bytes));
  };
  const ask = () =>
    run(async () => {
      if (!form || !print) return;
      const body = { digest: print.sha256, lines: print.lines, until: Date.now() + hours * 3_600_000 - 60_000, reason: reason.trim() };
      setSent((await call(() => api.POST('/v1/imports/{form}/request', { params: { path: { form } }, body }))).approval);
      setReason('');
      await queries.invalidateQueries({ queryKey: ['approvals'] });
    });
  return (
    <form
      className="panel stack"
      aria-label={say('ask')}
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <h2>{say('ask')}</h2>
      <div className="import-ask">
        <div className="field">
          <label htmlFor={`${id}form`}>{say('form')}</label>
          <Select id={`${id}form`} value={form} onChange={setForm} options={(forms.data ?? []).map((one) => ({ value: one.key, label: tell(one.title) }))} />
        </div>
        <div className="field">
          <label htmlFor={`${id}file`}>{say('file')}</label>
          <FileField id={`${id}file`} accept=".ndjson,.jsonl,application/x-ndjson" onFile={(file) => void look(file)} />
        </div>
        <div className="field">
          <label htmlFor={`${id}hours`}>{say('hours')}</label>
          <Select
            id={`${id}hours`}
            value={hours}
            onChange={setHours}
            options={[1, 4, 8].map((count) => ({ value: count, label: say('inHours', { count }) }))}
          />
        </div>
      </div>
      {print && <p className="num">{say('print', { lines: print.lines, digest: print.sha256.slice(0, 16) })}</p>}
      {wrong && (
        <p className="bad" role="alert">
          {say(wrong.key, wrong.key === 'badLine' ? { line: wrong.line } : {})}
        </p>
      )}
      <div className="field">
        <label htmlFor={`${id}reason`}>{say('reason')}</label>
        <Input id={`${id}reason`} value={reason} onChange={(event) => setReason(event.target.value)} maxLength={400} />
      </div>
      {forms.error !== null && <ProblemNote fault={forms.error} onAgain={() => void forms.refetch()} />}
      {fault !== null && <ProblemNote fault={fault} />}
      {sent && (
        <p role="status">
          {say('sent')} <Link to={`/approvals/request?id=${sent}`}>{say('open')}</Link>
        </p>
      )}
      <div>
        <Button type="primary" htmlType="submit" loading={busy} disabled={!form || !print || reason.trim() === ''}>
          {say('send')}
        </Button>
      </div>
    </form>
  );
}

/** Own requests for files, the newest first; one that stands is carried out below its line. */
function Mine() {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const forms = useForms();
  const [opened, setOpened] = useState<string | null>(null);
  const asked = useApprovals();
  const own = asked.data
    ?.flatMap((one) => {
      const file = one.requester === me.session.person ? approvedOf(one) : null;
      return file ? [{ one, file }] : [];
    })
    .sort((a, b) => b.one.requested - a.one.requested);
  const nameOf = (key: string) => {
    const form = forms.data?.find((one) => one.key === key);
    return form ? tell(form.title) : key;
  };
  return (
    <section className="panel stack" aria-label={say('mine')}>
      <h2>{say('mine')}</h2>
      <Listing asked={{ ...asked, data: own }} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <Rows<{ one: Approval; file: Print & { form: string } }>
            label={say('mine')}
            rows={list}
            id={({ one }) => one.id}
            columns={[
              {
                key: 'form',
                title: say('form'),
                plain: true,
                cell: ({ one, file }) => <Link to={`/approvals/request?id=${one.id}`}>{nameOf(file.form)}</Link>,
              },
              {
                key: 'content',
                title: say('content'),
                num: true,
                cell: ({ file }) => (
                  <>
                    {say('lines', { count: file.lines })} <code className="mono">{file.sha256.slice(0, 12)}…</code>
                  </>
                ),
              },
              { key: 'state', title: say('state'), cell: ({ one }) => <StateMark state={one.state} /> },
              {
                key: 'until',
                title: say('until'),
                num: true,
                cell: ({ one }) => (stands(one) || one.state === 'requested') && <Countdown until={one.until} />,
              },
              {
                key: 'acts',
                title: say('go'),
                unseen: true,
                plain: true,
                cell: ({ one }) =>
                  stands(one) &&
                  opened !== one.id && (
                    <div className="acts-cell">
                      <Button size="small" type="primary" onClick={() => setOpened(one.id)}>
                        {say('choose')}
                      </Button>
                    </div>
                  ),
              },
            ]}
            below={({ one, file }) => opened === one.id && <Run approval={one.id} approved={file} onLeave={() => setOpened(null)} />}
          />
        )}
      </Listing>
    </section>
  );
}
