import { useMe } from '../../shell/me';
import { useSay, useWords } from '../../shell/words';
import type { Change } from './changes';
import { words } from './words';

/** What a form's keys are called. */
export function useFormNames() {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const of = (list: readonly { key: string; zh: string; en: string }[], key: string) => tell(list.find((one) => one.key === key) ?? { zh: key, en: key });
  const item = (key: string) => of(me.words.items, key);
  const purpose = (key: string) => of(me.words.purposes, key);
  const record = (key: string) => of(me.words.records, key);
  return {
    item,
    purpose,
    record,
    and: tell({ zh: '、', en: ', ' }),
    change: ({ what, key }: Change): string => {
      switch (what) {
        case 'items':
          return item(key);
        case 'purposes':
          return purpose(key);
        case 'records':
          return record(key);
        case 'consents':
          return `${purpose(key.replace(/\+$/, ''))}${key.endsWith('+') ? ` (${say('separate')})` : ''}`;
        case 'evidence':
          return say(key as 'signature');
        default:
          return '';
      }
    },
    /** Where in the form a mistake is, in words where the place is an item, purpose or consent. */
    place: (at: string): string => {
      const [list, key] = at.split(/[.[]/, 2);
      const known = list === 'items' && key ? item(key.replace(']', '')) : list === 'purposes' && key ? purpose(key.replace(']', '')) : null;
      const what = list && `what-${list}` in words.zh ? say(`what-${list}` as 'what-items') : '';
      return [what, known ?? (what ? (key ?? '') : at)].filter(Boolean).join(' ');
    },
  };
}
