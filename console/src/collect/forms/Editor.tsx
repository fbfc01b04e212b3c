import { useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { api, call } from '../../api/client';
import { Refusal } from '../../api/problem';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useRun } from '../../shell/useRun';
import { useLanguage, useSay, useWords } from '../../shell/words';
import { type Ask, asked, type Definition } from './changes';
import { useFormNames } from './names';
import { words } from './words';

type ItemAsk = Ask['items'][number];
type ConsentAsk = NonNullable<Ask['consents']>[number];

const inputs = ['typed', 'reader', 'camera', 'voice', 'paper', 'file', 'system'] as const;
const channels = ['counter', 'call-centre', 'paper', 'website', 'app', 'file-import', 'api'] as const;
const proofs = ['form-number', 'entered-by', 'checked-by', 'signature', 'call-reference', 'recording', 'document-reader', 'file-digest'] as const;
const ways = ['ticked', 'e-signed', 'written', 'recorded-voice', 'guardian'] as const;

/** A new draft out of the newest version. The server judges it against the catalogue; every mistake is told with its place. */
export function Editor({ form, onClose, onSaved }: { form: Definition; onClose: () => void; onSaved: () => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const id = useId();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [ask, setAsk] = useState<Ask>(() => asked(form));
  const put = (change: Partial<Ask>) => setAsk((before) => ({ ...before, ...change }));
  const save = () =>
    run(async () => {
      await call(() => api.PUT('/v1/forms/{key}', { params: { path: { key: form.key } }, body: ask }));
      await queries.invalidateQueries({ queryKey: ['forms'] });
      onSaved();
    });
  const many = (name: 'purposes' | 'records' | 'evidence', options: { value: string; label: string }[]) => (
    <label className="field" htmlFor={`${id}${name}`}>
      <span>{say(name)}</span>
      <Select
        id={`${id}${name}`}
        mode="multiple"
        value={(ask[name] ?? []) as string[]}
        onChange={(value: string[]) => put({ [name]: value } as Partial<Ask>)}
        showSearch={{ optionFilterProp: 'label' }}
        options={options}
      />
    </label>
  );
  return (
    <Drawer open title={say('editing', { form: tell(form.title) })} onClose={onClose} size={760} className="editor">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {fault !== null && <Mistakes fault={fault} />}
        <div className="two">
          {(['zh', 'en'] as const).map((language) => (
            <label key={language} className="field" htmlFor={`${id}${language}`}>
              <span>{say(language)}</span>
              <Input
                id={`${id}${language}`}
                value={ask.title[language]}
                onChange={(event) => put({ title: { ...ask.title, [language]: event.target.value } })}
                maxLength={200}
              />
            </label>
          ))}
          <label className="field" htmlFor={`${id}channel`}>
            <span>{say('channel')}</span>
            <Select
              id={`${id}channel`}
              value={ask.channel}
              onChange={(channel) => put({ channel })}
              options={channels.map((value) => ({ value, label: say(value) }))}
            />
          </label>
          <label className="field" htmlFor={`${id}notice`}>
            <span>{say('notice')}</span>
            <Input id={`${id}notice`} value={ask.notice} onChange={(event) => put({ notice: event.target.value })} maxLength={40} />
          </label>
          {many(
            'purposes',
            me.words.purposes.map((one) => ({ value: one.key, label: tell(one) })),
          )}
          {many(
            'records',
            me.words.records.map((one) => ({ value: one.key, label: tell(one) })),
          )}
          {many(
            'evidence',
            proofs.map((value) => ({ value, label: say(value) })),
          )}
        </div>
        <ItemLines lines={ask.items} onChange={(items) => put({ items })} />
        <ConsentLines lines={ask.consents ?? []} items={ask.items} onChange={(consents) => put({ consents })} />
        <div className="row">
          <Button type="primary" htmlType="submit" loading={busy}>
            {say('save')}
          </Button>
          <Button onClick={onClose}>{say('cancel')}</Button>
        </div>
      </form>
    </Drawer>
  );
}

/** What the server did not take of a form, at its places; any other refusal as it is. */
export function Mistakes({ fault }: { fault: unknown }) {
  const say = useWords(words);
  const language = useLanguage();
  const name = useFormNames();
  const errors = fault instanceof Refusal ? fault.problem.errors : [];
  if (errors.length === 0) return <ProblemNote fault={fault} />;
  return (
    <div role="alert" className="bad">
      <p>{say('refused')}</p>
      <ul className="mistakes">
        {errors.map((error) => (
          <li key={`${error.at}${error.code}`}>
            <strong>{name.place(error.at)}</strong> {error[language]}
          </li>
        ))}
      </ul>
    </div>
  );
}

const replaced = <T,>(list: readonly T[], at: number, one: T): T[] => list.map((before, i) => (i === at ? one : before));
const without = <T,>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at);

function ItemLines({ lines, onChange }: { lines: readonly ItemAsk[]; onChange: (lines: ItemAsk[]) => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const options = me.words.items.map((one) => ({ value: one.key, label: tell(one) }));
  const free = me.words.items.find((one) => !lines.some((line) => line.item === one.key));
  return (
    <section aria-label={say('items')}>
      <h2>{say('items')}</h2>
      {lines.map((line, i) => (
        <div key={line.item} className="editor-line">
          <Select
            aria-label={`${say('item')} ${i + 1}`}
            value={line.item}
            onChange={(item) => onChange(replaced(lines, i, { ...line, item }))}
            showSearch={{ optionFilterProp: 'label' }}
            options={options.filter((one) => one.value === line.item || !lines.some((other) => other.item === one.value))}
          />
          <Select
            aria-label={`${say('by')} ${i + 1}`}
            value={line.by ?? 'typed'}
            onChange={(by) => onChange(replaced(lines, i, { ...line, by }))}
            options={inputs.map((value) => ({ value, label: say(value) }))}
          />
          <Input
            aria-label={`${say('group')} ${i + 1}`}
            placeholder={say('group')}
            value={line.oneOf ?? ''}
            maxLength={40}
            onChange={(event) => {
              const { oneOf: _, ...rest } = line;
              onChange(replaced(lines, i, event.target.value ? { ...rest, oneOf: event.target.value } : rest));
            }}
          />
          <Checkbox checked={line.required ?? false} onChange={(event) => onChange(replaced(lines, i, { ...line, required: event.target.checked }))}>
            {say('required')}
          </Checkbox>
          <Button type="text" size="small" onClick={() => onChange(without(lines, i))}>
            {say('remove')}
          </Button>
        </div>
      ))}
      {free && (
        <Button size="small" className="form-end" onClick={() => onChange([...lines, { item: free.key, required: false, by: 'typed' }])}>
          {say('addItem')}
        </Button>
      )}
    </section>
  );
}

function ConsentLines({ lines, items, onChange }: { lines: readonly ConsentAsk[]; items: readonly ItemAsk[]; onChange: (lines: ConsentAsk[]) => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const name = useFormNames();
  return (
    <section aria-label={say('consents')}>
      <h2>{say('consents')}</h2>
      {lines.map((line, i) => (
        // Consents have no name of their own; their order is all they are.
        <div key={i} className="editor-line">
          <Select
            aria-label={`${say('purposes')} ${i + 1}`}
            value={line.purpose ?? null}
            onChange={(purpose) => onChange(replaced(lines, i, { ...line, ...(purpose && { purpose }) }))}
            showSearch={{ optionFilterProp: 'label' }}
            options={me.words.purposes.map((one) => ({ value: one.key, label: tell(one) }))}
          />
          <Select
            aria-label={`${say('how')} ${i + 1}`}
            value={line.form}
            onChange={(form) => onChange(replaced(lines, i, { ...line, form }))}
            options={ways.map((value) => ({ value, label: say(value) }))}
          />
          <Select
            aria-label={`${say('covers')} ${i + 1}`}
            mode="multiple"
            disabled={!line.separate}
            placeholder={say('covers')}
            value={(line.items ?? []) as string[]}
            onChange={(covered: string[]) => onChange(replaced(lines, i, { ...line, items: covered }))}
            options={items.map((one) => ({ value: one.item, label: name.item(one.item) }))}
          />
          <Checkbox
            checked={line.separate ?? false}
            onChange={(event) => onChange(replaced(lines, i, { ...line, separate: event.target.checked, ...(event.target.checked ? {} : { items: [] }) }))}
          >
            {say('separate')}
          </Checkbox>
          <Button type="text" size="small" onClick={() => onChange(without(lines, i))}>
            {say('remove')}
          </Button>
        </div>
      ))}
      <Button size="small" className="form-end" onClick={() => onChange([...lines, { form: 'ticked', separate: false, items: [] }])}>
        {say('addConsent')}
      </Button>
    </section>
  );
}
