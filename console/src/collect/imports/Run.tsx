import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useState } from 'react';
import { api, call } from '../../api/client';
import { FileField } from '../../shell/FileField';
import { save } from '../../shell/file';
import { ProblemNote } from '../../shell/Problem';
import { useRun } from '../../shell/useRun';
import { useLanguage, useWords } from '../../shell/words';
import { type LineResult, largestFile, type Print, printOf, resultsOf } from './file';
import { words } from './words';

const shown = 100;

interface Tally {
  done: number;
  created: number;
  known: number;
  rejects: LineResult[];
  ended: boolean;
}

/** The approved file, chosen once more, compared here before it is sent and by the server when it comes; then one result a line as they arrive. */
export function Run({ approval, approved, onLeave }: { approval: string; approved: Print & { form: string }; onLeave: () => void }) {
  const say = useWords(words);
  const id = useId();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [file, setFile] = useState<File | null>(null);
  const [other, setOther] = useState(false);
  const [tally, setTally] = useState<Tally | null>(null);
  const look = async (chosen: File | undefined) => {
    setFile(null);
    setOther(false);
    if (!chosen) return;
    const print = chosen.size > largestFile ? null : await printOf(new Uint8Array(await chosen.arrayBuffer()));
    if (print?.sha256 === approved.sha256 && print.lines === approved.lines) setFile(chosen);
    else setOther(true);
  };
  const send = (chosen: File) =>
    run(async () => {
      const stream = await call(() =>
        api.POST('/v1/imports/{form}', {
          params: { path: { form: approved.form } },
          headers: { 'Content-Type': 'application/x-ndjson', Grant: approval },
          // The file as it is: what was approved are its bytes.
          body: chosen as never,
          bodySerializer: (body) => body as never,
          parseAs: 'stream',
        }),
      );
      const now: Tally = { done: 0, created: 0, known: 0, rejects: [], ended: false };
      setTally(now);
      for await (const result of resultsOf(stream as unknown as ReadableStream<Uint8Array>)) {
        now.done++;
        if (result.status === 'created') now.created++;
        else if (result.status === 'known') now.known++;
        else now.rejects.push(result);
        setTally({ ...now });
      }
      setTally({ ...now, ended: true });
      setFile(null);
    }).finally(() => void queries.invalidateQueries({ queryKey: ['approvals'] }));
  if (tally)
    return (
      <div className="stack">
        {/* A broken stream: what stands and what to do says it all. */}
        {fault !== null && (
          <p className="bad" role="alert">
            {say('cut', { done: tally.done })}
          </p>
        )}
        <Result tally={tally} lines={approved.lines} />
        <div>
          <Button size="small" disabled={busy} onClick={onLeave}>
            {say('leave')}
          </Button>
        </div>
      </div>
    );
  return (
    <div className="stack">
      <div className="field">
        <label htmlFor={`${id}file`}>{say('same')}</label>
        <FileField id={`${id}file`} accept=".ndjson,.jsonl,application/x-ndjson" onFile={(file) => void look(file)} />
      </div>
      {file && <p className="good">✓ {say('fits')}</p>}
      {other && (
        <p className="bad" role="alert">
          {say('other')}
        </p>
      )}
      {fault !== null && <ProblemNote fault={fault} />}
      <div className="row">
        <Button type="primary" disabled={!file} loading={busy} onClick={() => file && void send(file)}>
          {say('go')}
        </Button>
        <Button onClick={onLeave}>{say('leave')}</Button>
      </div>
    </div>
  );
}

function Result({ tally, lines }: { tally: Tally; lines: number }) {
  const say = useWords(words);
  const language = useLanguage();
  const why = (one: LineResult) => (one.errors ?? []).map((error) => (error.at ? `${error.at}: ${error[language]}` : error[language])).join(' ');
  return (
    <section className="stack" aria-label={say('rejects')}>
      <progress max={lines} value={tally.done} aria-label={say('title')} />
      <p role="status" className="num row wrap">
        <span>{tally.ended ? say('over') : say('running', { done: tally.done, lines })}</span>
        <span className="good">✓ {say('created', { count: tally.created })}</span>
        <span className="quiet">= {say('known', { count: tally.known })}</span>
        <span className={tally.rejects.length > 0 ? 'bad' : 'quiet'}>✕ {say('rejected', { count: tally.rejects.length })}</span>
      </p>
      {tally.rejects.length > 0 && (
        <>
          <ul aria-label={say('rejects')}>
            {tally.rejects.slice(0, shown).map((one) => (
              <li key={one.line}>
                <span className="num">{say('line', { line: one.line })}</span> · {why(one)}
              </li>
            ))}
          </ul>
          {tally.rejects.length > shown && <p className="quiet">{say('more', { count: tally.rejects.length - shown })}</p>}
          {tally.ended && (
            <div>
              <Button
                size="small"
                onClick={() =>
                  save(
                    'rejected-lines.json',
                    `${JSON.stringify(
                      tally.rejects.map(({ line, errors }) => ({ line, errors })),
                      null,
                      1,
                    )}\n`,
                  )
                }
              >
                {say('download')}
              </Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}
