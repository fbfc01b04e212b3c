import { useLanguage, useWords } from '../../shell/words';
import { type Item, term } from './catalogue';
import { isWord, words } from './words';

/** How long something stays, in words. */
export function useKeep(): (retain: Item['retain']) => string {
  const say = useWords(words);
  const language = useLanguage();
  return (retain) =>
    retain
      .map((one) => {
        const event = isWord(one.after) ? say(one.after) : one.after;
        return /^0[hdmy]$/.test(one.term) ? say('now', { event }) : say('from', { event, term: term(one.term, language) });
      })
      .join(language === 'zh' ? `,${say('or')}` : `, ${say('or')} `);
}
