import { Drawer, Input, Select } from 'antd';
import { useEffect, useId, useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { LevelMark } from '../../shell/LevelMark';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useLanguage, useSay, useWords } from '../../shell/words';
import { type Catalogue, fitting, type Item, maskWords } from './catalogue';
import { useKeep } from './keep';
import { useCatalogue } from './useCatalogue';
import { isWord, words } from './words';
import './catalogue.css';

/** What may be held: every item with its rules; filters stand in the address, what is typed does not. */
export default function CataloguePage() {
  const say = useWords(words);
  const asked = useCatalogue();
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(catalogue) => catalogue.items.length === 0}>
        {(catalogue) => <Browse catalogue={catalogue} />}
      </Listing>
    </>
  );
}

function Browse({ catalogue }: { catalogue: Catalogue }) {
  const say = useWords(words);
  const tell = useSay();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [address, setAddress] = useSearchParams();
  const filter = { level: address.get('level') ?? '', category: address.get('category') ?? '', purpose: address.get('purpose') ?? '' };
  const shown = fitting(catalogue.items, typed, filter);
  const chosen = catalogue.items.find((item) => item.key === address.get('item'));
  const put = (name: string, value: string | null) =>
    setAddress(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: name !== 'item' },
    );
  const named = (key: string) => (isWord(key) ? say(key) : key);
  const choice = (name: 'level' | 'category' | 'purpose', options: { value: string; label: string }[]) => (
    <label htmlFor={`${id}${name}`}>
      <span>{say(name)}</span>
      <Select
        id={`${id}${name}`}
        value={filter[name]}
        onChange={(value: string) => put(name, value)}
        showSearch={name === 'purpose' ? { optionFilterProp: 'label' } : false}
        options={[{ value: '', label: say('all') }, ...options]}
      />
    </label>
  );
  return (
    <>
      <div className="panel row wrap filters">
        <label htmlFor={`${id}typed`} className="wide">
          <span>{say('search')}</span>
          <Input id={`${id}typed`} value={typed} onChange={(event) => setTyped(event.target.value)} maxLength={64} autoComplete="off" />
        </label>
        {choice(
          'level',
          ['1', '2', '3', '4'].map((level) => ({ value: level, label: named(`l-${level}`) })),
        )}
        {choice(
          'category',
          [...new Set(catalogue.items.map((item) => item.category))].map((category) => ({ value: category, label: named(category) })),
        )}
        {choice(
          'purpose',
          catalogue.purposes.map((purpose) => ({ value: purpose.key, label: tell(purpose) })),
        )}
      </div>
      <p className="quiet num" role="status">
        {say('found', { count: shown.length })}
      </p>
      {shown.length === 0 ? <p className="quiet empty">{say('none')}</p> : <ItemTable items={shown} catalogue={catalogue} onOpen={(key) => put('item', key)} />}
      {chosen && <Details key={chosen.key} item={chosen} catalogue={catalogue} onClose={() => put('item', null)} />}
    </>
  );
}

function ItemTable({ items, catalogue, onOpen }: { items: Item[]; catalogue: Catalogue; onOpen: (key: string) => void }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const keep = useKeep();
  const purposeOf = (key: unknown) => tell(catalogue.purposes.find((one) => one.key === key) ?? { zh: String(key), en: String(key) });
  return (
    <div className="panel table-panel">
      <table className="sheet">
        <thead>
          <tr>
            <th scope="col">{say('item')}</th>
            <th scope="col">{say('category')}</th>
            <th scope="col">{say('purpose')}</th>
            <th scope="col">{say('mask')}</th>
            <th scope="col">{say('keep')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.key}>
              <th scope="row">
                <LevelMark level={item.level} />{' '}
                <button type="button" className="link" onClick={() => onOpen(item.key)}>
                  {tell(item)}
                </button>
                <code>{item.key}</code>
              </th>
              <td data-label={say('category')}>
                {isWord(item.category) ? say(item.category) : item.category}
                {item.mark !== 'none' && <div className="warn">{say(item.mark)}</div>}
              </td>
              <td data-label={say('purpose')}>{item.purposes.map(purposeOf).join(tell({ zh: '、', en: ', ' }))}</td>
              <td data-label={say('mask')}>{maskWords(item.mask, language)}</td>
              <td data-label={say('keep')}>{keep(item.retain)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Details({ item, catalogue, onClose }: { item: Item; catalogue: Catalogue; onClose: () => void }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const keep = useKeep();
  const and = tell({ zh: '、', en: ', ' });
  const named = (list: readonly { key: string; zh: string; en: string }[], keys: readonly unknown[]) =>
    keys.map((key) => tell(list.find((one) => one.key === key) ?? { zh: String(key), en: String(key) })).join(and);
  const level = `l-${item.level}`;
  const find = item.search === 'none' ? 'find-none' : item.search;
  const lines: [string, React.ReactNode][] = [
    [say('code'), <code key="code">{item.key}</code>],
    [
      say('level'),
      <span key="level">
        <LevelMark level={item.level} /> {isWord(level) ? say(level) : item.level}
      </span>,
    ],
    [say('category'), isWord(item.category) ? say(item.category) : item.category],
    [
      say('marks'),
      [...(item.mark === 'none' ? [] : [say(item.mark)]), ...(item.identifies ? [say('identifies')] : []), ...(item.toConfirm ? [say('toConfirm')] : [])].join(
        and,
      ),
    ],
    [say('purpose'), named(catalogue.purposes, item.purposes)],
    [say('mask'), `${maskWords(item.mask, language)} (${item.mask})`],
    [say('keep'), keep(item.retain)],
    [say('find'), isWord(find) ? say(find) : find],
    [say('kind'), <code key="kind">{item.kind}</code>],
    [say('records'), named(me.words.records, item.records)],
    [say('forms'), item.forms.length === 0 ? say('noForms') : item.forms.join(', ')],
    [
      say('volume'),
      <span key="volume" className="num">
        {item.volume}
      </span>,
    ],
    [say('note'), item.note ? tell(item.note) : ''],
  ];
  return (
    <Drawer open title={tell(item)} onClose={onClose} size="large">
      <div className="stack">
        {me.policies.has('catalogue.try') && <TryMask item={item} />}
        <dl className="told">
          {lines
            .filter(([, value]) => value !== '')
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      </div>
    </Drawer>
  );
}

/** Exactly what the server's mask makes of a made-up sample. It lives in this field, goes out in a body, and is kept nowhere. */
function TryMask({ item }: { item: Item }) {
  const say = useWords(words);
  const id = useId();
  const [sample, setSample] = useState('');
  const [tried, setTried] = useState<Schemas['MaskTried'] | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  useEffect(() => {
    setTried(null);
    setFault(null);
    if (sample === '') return;
    let left = false;
    const timer = setTimeout(() => {
      call(() => api.POST('/v1/catalogue/items/{key}/mask', { params: { path: { key: item.key } }, body: { value: sample } })).then(
        (answer) => !left && setTried(answer),
        (thrown) => !left && setFault(thrown),
      );
    }, 250);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [sample, item.key]);
  return (
    <section className="panel stack" aria-labelledby={`${id}try`}>
      <h2 id={`${id}try`}>{say('try')}</h2>
      <p className="quiet">{say('tryHint')}</p>
      <label htmlFor={`${id}sample`} className="field">
        <span>{say('sample')}</span>
        <Input.TextArea
          id={`${id}sample`}
          value={sample}
          onChange={(event) => setSample(event.target.value)}
          maxLength={2048}
          rows={2}
          autoComplete="off"
          spellCheck={false}
        />
      </label>
      {fault !== null && <ProblemNote fault={fault} />}
      <p role="status" className="shown-as">
        <span className="quiet">{say('shows')}</span> <span className="value">{tried?.shown ?? '…'}</span>
      </p>
      {tried?.hidden && item.mask !== 'hidden' && item.mask !== 'never' && <p className="warn">{say('hides')}</p>}
    </section>
  );
}
