import { Button, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { useMe } from '../../shell/me';
import { useSay, useWords } from '../../shell/words';
import { asLocal, type Field, type Filter, fields, fromLocal, isGood } from './query';
import { acts, kindKey, kinds, words } from './words';

/** Filters are codes, ids and times. What is not of that shape is not accepted, so no value of a customer gets into the address. */
export function LogFilters({ filter, onApply }: { filter: Filter; onApply: (filter: Filter) => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const [typed, setTyped] = useState<Filter>(filter);
  const [wrong, setWrong] = useState<Field[]>([]);
  const id = useId();
  const put = (field: Field) => (value: string | undefined) => setTyped((before) => ({ ...before, [field]: value ?? '' }));
  const count = Object.keys(filter).length;
  const apply = () => {
    const bad = fields.filter((field) => typed[field] && !isGood(field, typed[field] ?? ''));
    setWrong(bad);
    if (bad.length === 0) onApply(typed);
  };
  const any = { value: '', label: say('any') };
  const text = (field: 'act' | 'actor' | 'customer' | 'reason', shape: string) => (
    <label className="field" htmlFor={`${id}${field}`}>
      <span>{say(field)}</span>
      <Input
        id={`${id}${field}`}
        value={typed[field] ?? ''}
        onChange={(event) => put(field)(event.target.value.trim())}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        allowClear
        {...(wrong.includes(field) && { status: 'error' as const, 'aria-invalid': true, 'aria-describedby': `${id}${field}-wrong` })}
        {...(field === 'act' && { list: `${id}acts` })}
      />
      {wrong.includes(field) && (
        <span id={`${id}${field}-wrong`} className="bad" role="alert">
          {shape}
        </span>
      )}
    </label>
  );
  const time = (field: 'from' | 'until') => (
    <label className="field" htmlFor={`${id}${field}`}>
      <span>{say(field)}</span>
      <Input id={`${id}${field}`} type="datetime-local" value={asLocal(typed[field])} onChange={(event) => put(field)(fromLocal(event.target.value))} />
    </label>
  );
  const choice = (field: 'kind' | 'purpose' | 'decision', options: { value: string; label: string }[]) => (
    <label className="field" htmlFor={`${id}${field}`}>
      <span>{say(field)}</span>
      <Select id={`${id}${field}`} value={typed[field] ?? ''} onChange={put(field)} options={[any, ...options]} showSearch={{ optionFilterProp: 'label' }} />
    </label>
  );
  return (
    <details className="panel filters" open={count > 0 || innerWidth > 720}>
      <summary>
        {say('filter')}
        {count > 0 && <span className="num quiet"> · {count}</span>}
      </summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <datalist id={`${id}acts`}>
          {Object.entries(acts).map(([code, name]) => (
            <option key={code} value={code}>
              {tell(name)}
            </option>
          ))}
        </datalist>
        <div className="fields">
          {time('from')}
          {time('until')}
          {text('act', say('actShape'))}
          {choice(
            'kind',
            kinds.map((kind) => ({ value: kind, label: say(kindKey(kind)) })),
          )}
          {text('actor', say('actorShape'))}
          {choice(
            'purpose',
            me.words.purposes.map((purpose) => ({ value: purpose.key, label: tell(purpose) })),
          )}
          {choice(
            'decision',
            (['permit', 'needs', 'deny'] as const).map((decision) => ({ value: decision, label: say(decision) })),
          )}
          {text('reason', say('reasonShape'))}
          {text('customer', say('customerShape'))}
        </div>
        <div className="row">
          <Button type="primary" htmlType="submit">
            {say('apply')}
          </Button>
          <Button onClick={() => onApply({})} disabled={count === 0}>
            {say('clear')}
          </Button>
        </div>
      </form>
    </details>
  );
}
