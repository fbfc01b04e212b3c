import { Link } from 'react-router';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { useLanguage, useSay, useWords } from '../../shell/words';
import { basisWords, type Catalogue, type Purpose } from './catalogue';
import { useKeep } from './keep';
import { useCatalogue } from './useCatalogue';
import { isWord, words } from './words';
import './catalogue.css';

/** Why information may be used: each purpose with its lawful basis, source, consent and term. */
export default function Purposes() {
  const say = useWords(words);
  const asked = useCatalogue();
  return (
    <>
      <h1>{say('purposesTitle')}</h1>
      <p className="quiet">{say('purposesHint')}</p>
      <Listing asked={asked} isEmpty={(catalogue) => catalogue.purposes.length === 0}>
        {(catalogue) => (
          <ul className="purposes">
            {catalogue.purposes.map((purpose) => (
              <li key={purpose.key} className="panel">
                <Shown purpose={purpose} catalogue={catalogue} />
              </li>
            ))}
          </ul>
        )}
      </Listing>
    </>
  );
}

function Shown({ purpose, catalogue }: { purpose: Purpose; catalogue: Catalogue }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const keep = useKeep();
  const and = tell({ zh: '、', en: ', ' });
  const items = catalogue.items.filter((item) => (item.purposes as string[]).includes(purpose.key));
  const rests = purpose.bases.length === 1 && purpose.bases[0] === 'pipl-13-1-1';
  const consent = [
    rests ? say('consentBase') : purpose.alsoConsent ? say('consentAlso') : say('consentNone'),
    ...(purpose.consentForms.length > 0 ? [purpose.consentForms.map((form) => (isWord(form) ? say(form) : form)).join(tell({ zh: '/', en: ' / ' }))] : []),
    ...(purpose.separateConsent ? [say('separate')] : []),
    ...(purpose.neverClear ? [say('neverClear')] : []),
  ].join(tell({ zh: ';', en: '; ' }));
  return (
    <section aria-labelledby={`purpose-${purpose.key}`}>
      <header className="row wrap">
        <h2 id={`purpose-${purpose.key}`}>{tell(purpose)}</h2>
        <code className="quiet">{purpose.key}</code>
        {purpose.toConfirm && <span className="warn">{say('toConfirm')}</span>}
      </header>
      <dl className="told">
        <div>
          <dt>{say('basis')}</dt>
          <dd>
            {purpose.bases.map((basis) => (
              <div key={basis}>{basisWords(basis, language)}</div>
            ))}
            {purpose.basisNote && <div className="quiet">{tell(purpose.basisNote)}</div>}
          </dd>
        </div>
        {purpose.sources.length > 0 && (
          <div>
            <dt>{say('source')}</dt>
            <dd>
              {purpose.sources.map((source) => (
                <div key={`${source.en}${source.article}`}>
                  {/\d/.test(source.article)
                    ? say('article', { law: tell(source), article: source.article, version: source.version })
                    : say('law', { law: tell(source), version: source.version })}
                  {source.toConfirm && <span className="warn"> · {say('toConfirm')}</span>}
                </div>
              ))}
            </dd>
          </div>
        )}
        <div>
          <dt>{say('consent')}</dt>
          <dd>{consent}</dd>
        </div>
        {purpose.retain.length > 0 && (
          <div>
            <dt>{say('keep')}</dt>
            <dd>{keep(purpose.retain)}</dd>
          </div>
        )}
        {purpose.dutyItems.length > 0 && (
          <div>
            <dt>{say('duty')}</dt>
            <dd>{purpose.dutyItems.map((key) => tell(catalogue.items.find((item) => item.key === key) ?? { zh: String(key), en: String(key) })).join(and)}</dd>
          </div>
        )}
        <div>
          <dt>{say('items')}</dt>
          <dd className="row wrap">
            <Link to={`/settings/catalogue?purpose=${purpose.key}`}>{say('see', { count: items.length })}</Link>
            {me.policies.has('authorisations.manage') && <Link to={`/settings/authorisations?purpose=${purpose.key}`}>{say('authorised')}</Link>}
          </dd>
        </div>
      </dl>
    </section>
  );
}
