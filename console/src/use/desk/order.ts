import type { Schemas } from '../../api/client';

type ViewedRecord = Schemas['ViewedRecord'];
export type ViewedItem = Schemas['ViewedItem'];

/** One line of the card. */
export interface Line {
  id: string;
  record: string;
  type: string;
  item: string;
  seen: ViewedItem;
}

export interface Group {
  record: string;
  type: string;
  state: string;
  lines: Line[];
}

export interface Ordered {
  /** Whose card this is: it heads the card, whichever record it stands in. */
  name: Line | null;
  groups: Group[];
}

// What a call is about comes first: the journey or stay, an open case, then who it is (domain.md §5, step 4).
const types = ['booking', 'stay', 'tour', 'case', 'subscription', 'order', 'profile', 'organisation'];
const items = [
  'name',
  'itinerary',
  'stay',
  'seat',
  'bag_tag',
  'pnr',
  'ticket_no',
  'room_no',
  'complaint',
  'mobile',
  'msisdn',
  'email',
  'tier',
  'ff_no',
  'name_latin',
  'birth',
  'id_no',
  'passport',
  'permit',
];

const place = (list: readonly string[], key: string): number => {
  const at = list.indexOf(key);
  return at < 0 ? list.length : at;
};

/**
 * The masked card's lines by need: the name, then the records and items that serve the call's purpose, then the rest, which waits for another one. What is
 * withheld comes after what can be seen.
 * @param serves Whether an item may be used for the call's purpose.
 */
export function inOrderOfNeed(records: readonly ViewedRecord[], serves: (item: string) => boolean): Ordered {
  const lines = (record: ViewedRecord): Line[] =>
    Object.entries(record.items).map(([item, seen]) => ({ id: `${record.id}/${item}`, record: record.id, type: record.type, item, seen }));
  const name = records.flatMap(lines).find((line) => line.item === 'name') ?? null;
  const groups = records
    .map((record) => ({
      record: record.id,
      type: record.type,
      state: record.state,
      lines: lines(record)
        .filter((line) => line.id !== name?.id)
        .sort(
          (a, b) =>
            Number(serves(b.item)) - Number(serves(a.item)) ||
            Number(a.seen.shown === 'withheld') - Number(b.seen.shown === 'withheld') ||
            place(items, a.item) - place(items, b.item) ||
            a.item.localeCompare(b.item),
        ),
    }))
    .filter((group) => group.lines.length > 0);
  const needed = (group: Group) => group.lines.some((line) => serves(line.item));
  return { name, groups: groups.sort((a, b) => Number(needed(b)) - Number(needed(a)) || place(types, a.type) - place(types, b.type)) };
}

/** Letters of purposes' names that stand in the head of the card; the rest is behind a button. */
const room = 36;

/** As many of the names as fit, and at least the first. */
export function fitting(names: readonly string[]): number {
  let used = 0;
  for (const [i, name] of names.entries()) {
    used += name.length;
    if (used > room) return Math.max(1, i);
  }
  return names.length;
}
