/** What somebody typed into the one search box, as the request that finds it. */
export type Recognised =
  | { kind: 'find'; item: string; value: string; also?: { item: string; value: string }[] }
  /** A booking number is searched together with the name, so that it cannot be guessed alone. */
  | { kind: 'name-needed'; item: string }
  | { kind: 'unknown' };

const fold = (text: string): string => text.normalize('NFKC').trim();
const tight = (text: string): string => text.replace(/[\s\-‐-―·.]/g, '').toUpperCase();

const isName = (text: string): boolean => /^[\p{Script=Han}·]{2,16}$/u.test(text) || /^[A-Za-z][A-Za-z' -]{1,63}$/.test(text);

// In this order: what is more particular comes first. The server checks digits and decides; this only chooses the item.
const shapes: [RegExp, string[]][] = [
  [/^1[3-9]\d{9}$/, ['mobile', 'msisdn']],
  [/^(?:\+?86|0086)1[3-9]\d{9}$/, ['mobile', 'msisdn']],
  [/^\d{17}[\dX]$/, ['id_no']],
  [/^[HMC]\d{8}(?:\d{2})?$/, ['permit']],
  [/^(?:[A-Z]\d{8}|[A-Z]{2}\d{7})$/, ['passport']],
  [/^\d{13}$/, ['ticket_no']],
  [/^\d{10}$/, ['bag_tag']],
  [/^\d{16,19}$/, ['card']],
];
const booking = /^(?=.*[A-Z])[A-Z0-9]{6}$/;

/** @param searchable Keys of the catalogue's items that can be searched. */
export function recognise(typed: string, searchable: ReadonlySet<string>): Recognised {
  const text = fold(typed);
  if (text === '') return { kind: 'unknown' };
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && searchable.has('email')) return { kind: 'find', item: 'email', value: text };

  const whole = tight(text);
  for (const [shape, items] of shapes) {
    const item = items.find((one) => searchable.has(one));
    if (item && shape.test(whole)) return { kind: 'find', item, value: whole };
  }

  const parts = text.split(/[\s,,、/]+/).filter((part) => part !== '');
  const code =
    parts.find((part) => booking.test(part.toUpperCase()) && /\d/.test(part)) ??
    (parts.length === 2 ? parts.find((part) => /^[A-Z]{6}$/.test(part)) : undefined);
  if (code && searchable.has('pnr')) {
    const name = parts.filter((part) => part !== code).join(' ');
    return isName(name)
      ? { kind: 'find', item: 'pnr', value: code.toUpperCase(), also: [{ item: 'name', value: name }] }
      : { kind: 'name-needed', item: 'pnr' };
  }

  return isName(text) && searchable.has('name') ? { kind: 'find', item: 'name', value: text } : { kind: 'unknown' };
}
