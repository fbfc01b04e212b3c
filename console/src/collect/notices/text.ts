import type { Schemas } from '../../api/client';

export type NoticeText = Schemas['NoticeTextView'];
export type Words = NoticeText['zh'];
type Recipient = Words['recipients'][number];

/** The pieces of a notice in the order in which a person reads them (PIPL 17, 23, 30, 31, 39); those of `may` can be absent. */
export const pieces = ['title', 'handler', 'contact', 'purposes', 'methods', 'kinds', 'retention', 'rights', 'refusal'] as const;
export const may = ['necessity', 'impact', 'guardian', 'overseas'] as const;

const parts: (keyof Recipient)[] = ['name', 'contact', 'purpose', 'method', 'kinds'];

/** One recipient a line, its parts set apart by bars. */
export const linesOf = (recipients: readonly Recipient[]): string => recipients.map((one) => parts.map((part) => one[part]).join(' | ')).join('\n');

/** Null where a line has not the five parts. */
export function recipientsOf(text: string): Recipient[] | null {
  const found: Recipient[] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [name, contact, purpose, method, kinds, more] = line.split('|').map((part) => part.trim());
    if (!name || !contact || !purpose || !method || !kinds || more !== undefined) return null;
    found.push({ name, contact, purpose, method, kinds });
  }
  return found;
}

/** What is typed in one language; an empty piece that may be absent is absent. */
export function wordsOf(typed: Record<string, string>, recipients: Recipient[]): Words {
  const needed = Object.fromEntries(pieces.map((key) => [key, (typed[key] ?? '').trim()])) as Pick<Words, (typeof pieces)[number]>;
  const other = Object.fromEntries(may.map((key) => [key, (typed[key] ?? '').trim() || null])) as Pick<Words, (typeof may)[number]>;
  return { ...needed, ...other, recipients };
}
