import { Input, Radio } from 'antd';
import { useId } from 'react';
import { useMe } from '../shell/me';
import { useSay, useWords } from '../shell/words';
import { type Answer, type Consent, consentKey, type Draft } from './submission';
import { words } from './words';

/** One consent to one purpose. Neither answer is chosen in advance; a separate one stands apart and names its items (PIPL 14, 29). */
export function ConsentLine({
  consent,
  draft,
  tried,
  errorsAt,
  put,
}: {
  consent: Consent;
  draft: Draft;
  tried: boolean;
  errorsAt: (key: string) => string[];
  put: (part: 'consents' | 'proofs') => (key: string) => (value: string) => void;
}) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const id = useId();
  const key = consentKey(consent);
  const said = draft.consents[key];
  const errors = errorsAt(`consent:${key}`);
  const items = consent.items.map((item) => tell(me.words.items.find((one) => one.key === item) ?? { zh: item, en: item })).join(tell({ zh: '、', en: ', ' }));
  return (
    <fieldset className={consent.separate ? 'consent separate' : 'consent'}>
      <legend id={`${id}what`}>
        {tell(me.words.purposes.find((purpose) => purpose.key === consent.purpose) ?? { zh: consent.purpose, en: consent.purpose })}
        {consent.separate && <strong className="warn"> · {say('separate')}</strong>}
      </legend>
      {consent.separate && <p className="quiet">{say('separateFor', { items })}</p>}
      <div className="row wrap">
        <Radio.Group
          aria-labelledby={`${id}what`}
          value={said ?? null}
          onChange={(event) => put('consents')(key)(event.target.value as Answer)}
          options={[
            { value: 'given', label: say('agree') },
            { value: 'refused', label: say('refuse') },
          ]}
        />
        {said === 'given' && (
          <label className="row" htmlFor={`${id}proof`}>
            <span className="quiet">{say(consent.form)}</span>
            <Input
              id={`${id}proof`}
              className="num proof"
              maxLength={256}
              value={draft.proofs[key] ?? ''}
              onChange={(event) => put('proofs')(key)(event.target.value)}
              {...(errors.length > 0 && { status: 'error' as const, 'aria-invalid': true, 'aria-describedby': `${id}wrong` })}
            />
          </label>
        )}
      </div>
      {tried && said === undefined && (
        <p className="bad" role="alert">
          {say('answerNeeded')}
        </p>
      )}
      {errors.length > 0 && (
        <div id={`${id}wrong`} className="bad" role="alert">
          {errors.map((error) => (
            <p key={error}>{error}</p>
          ))}
        </div>
      )}
    </fieldset>
  );
}
