import { Input, Select } from 'antd';
import { useId } from 'react';
import type { Schemas } from '../api/client';
import { LevelMark } from '../shell/LevelMark';
import { useMe } from '../shell/me';
import { useSay, useWords } from '../shell/words';
import { type Draft, type Form, gate, looksWrong } from './submission';
import { words } from './words';

/** One item: what it is called, how secret it is, whether it may be left out, and what the server found wrong with it. */
export function ItemField({
  form,
  item,
  draft,
  errors,
  onChange,
}: {
  form: Form;
  item: Schemas['FormItem'];
  draft: Draft;
  errors: string[];
  onChange: (value: string) => void;
}) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const id = useId();
  const known = me.words.items.find((one) => one.key === item.item);
  const value = draft.items[item.item] ?? '';
  const state = gate(form, item.item, draft);
  const shut = state === 'waits' || state === 'refused';
  const hint =
    state === 'waits'
      ? say('waits')
      : state === 'refused'
        ? say(item.required ? 'refusedRequired' : 'refused')
        : item.oneOf
          ? say('oneOf')
          : item.required
            ? ''
            : say('optional');
  const field = {
    id,
    disabled: shut,
    'aria-describedby': `${id}hint`,
    ...(errors.length > 0 && { status: 'error' as const, 'aria-invalid': true }),
  };
  return (
    <div className="field">
      <label htmlFor={id}>
        <LevelMark level={known?.level ?? 4} /> {tell(known ?? { zh: item.item, en: item.item })}
        {item.required && <span className="bad"> · {say('required')}</span>}
      </label>
      {known && known.options.length > 0 ? (
        <Select
          {...field}
          value={shut || value === '' ? null : value}
          onChange={(next: string | null) => onChange(next ?? '')}
          allowClear={!item.required}
          options={known.options.map((option) => ({ value: option.key, label: tell(option) }))}
        />
      ) : (
        <Input
          {...field}
          value={shut ? '' : value}
          onChange={(event) => onChange(event.target.value)}
          type={known?.kind === 'date' ? 'date' : 'text'}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <span id={`${id}hint`} className="quiet">
        {hint}
        {item.by !== 'typed' && `${hint ? ' · ' : ''}${say('by', { by: say(item.by) })}`}
        {!shut && known && looksWrong(known.kind, value) && <span className="warn"> {say('looksWrong')}</span>}
      </span>
      {errors.length > 0 && (
        <div className="bad" role="alert">
          {errors.map((error) => (
            <p key={error}>{error}</p>
          ))}
        </div>
      )}
    </div>
  );
}

export function EvidenceField({
  kind,
  value,
  errors,
  onChange,
}: {
  kind: Schemas['FormEvidence'];
  value: string;
  errors: string[];
  onChange: (value: string) => void;
}) {
  const say = useWords(words);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{say(kind)}</label>
      <Input
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        maxLength={256}
        autoComplete="off"
        {...(errors.length > 0 && { status: 'error' as const, 'aria-invalid': true, 'aria-describedby': `${id}wrong` })}
      />
      {errors.length > 0 && (
        <div id={`${id}wrong`} className="bad" role="alert">
          {errors.map((error) => (
            <p key={error}>{error}</p>
          ))}
        </div>
      )}
    </div>
  );
}
