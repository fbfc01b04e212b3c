import { Button, Input } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { type FieldError, Refusal } from '../api/problem';
import { inFileOrder, placeOf } from './csv';
import { FileField } from './FileField';
import { ProblemNote } from './Problem';
import { useRun } from './useRun';
import { defineWords, useLanguage, useWords } from './words';
import './rows.css';

const words = defineWords(
  'csv-import',
  {
    file: '选择 CSV 文件',
    paste: '或直接粘贴',
    first: '首行必须是',
    go: '导入',
    wrong: '{{count}} 处有误',
    line: '第 {{line}} 行',
    column: '第 {{line}} 行,{{column}} 列',
    whole: '整个文件',
    more: '还有 {{count}} 处,改好后再导入一次。',
  },
  {
    file: 'Choose a CSV file',
    paste: 'or paste it',
    first: 'The first line must be',
    go: 'Import',
    wrong: '{{count}} {{count|mistake|mistakes}}',
    line: 'Line {{line}}',
    column: 'Line {{line}}, column {{column}}',
    whole: 'The whole file',
    more: '{{count}} more; mend these and import again.',
  },
);

const most = 30;

/** Takes a CSV to the server; what is wrong comes back with line and column, never with a value. */
export function CsvImport({
  title,
  header,
  hint,
  ready = true,
  children,
  send,
}: {
  title: string;
  header: string;
  hint: string;
  /** What stands before the file is filled in. */
  ready?: boolean;
  children?: ReactNode;
  /** The sentence to show, and what was not taken. */
  send: (text: string) => Promise<{ done: string; rejected: readonly FieldError[] }>;
}) {
  const say = useWords(words);
  const { fault, busy, run } = useRun();
  const [text, setText] = useState('');
  const [taken, setTaken] = useState<{ done: string; rejected: readonly FieldError[] } | null>(null);
  const id = useId();
  const errors = fault instanceof Refusal ? fault.problem.errors : (taken?.rejected ?? []);
  return (
    <details className="panel csv">
      <summary>{title}</summary>
      <p className="quiet lead">{hint}</p>
      <p>
        {say('first')} <code>{header}</code>
      </p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          setTaken(null);
          void run(async () => setTaken(await send(text)));
        }}
      >
        {children}
        <div className="row wrap">
          <label htmlFor={`${id}file`}>{say('file')}</label>
          <FileField id={`${id}file`} accept=".csv,text/csv" onFile={(file) => void file?.text().then(setText)} />
        </div>
        <div className="field">
          <label htmlFor={id}>{say('paste')}</label>
          <Input.TextArea id={id} rows={4} className="mono" value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} />
        </div>
        <Button type="primary" htmlType="submit" loading={busy} disabled={!ready || text.trim() === ''}>
          {say('go')}
        </Button>
      </form>
      {fault !== null && errors.length === 0 && <ProblemNote fault={fault} />}
      {taken && <p role="status">{taken.done}</p>}
      {errors.length > 0 && <Mistakes errors={errors} />}
    </details>
  );
}

function Mistakes({ errors }: { errors: readonly FieldError[] }) {
  const say = useWords(words);
  const language = useLanguage();
  const where = (at: string) => {
    const place = placeOf(at);
    return !place ? say('whole') : place.column === null ? say('line', { line: place.line }) : say('column', { line: place.line, column: place.column });
  };
  return (
    <div role="alert">
      <p className="bad">{say('wrong', { count: errors.length })}</p>
      <ul>
        {inFileOrder(errors)
          .slice(0, most)
          .map((error) => (
            <li key={`${error.at}-${error.code}`}>
              <span className="num">{where(error.at)}</span> · {error[language]}
            </li>
          ))}
      </ul>
      {errors.length > most && <p className="quiet">{say('more', { count: errors.length - most })}</p>}
    </div>
  );
}
