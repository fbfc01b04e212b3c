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

/** The masked card's lines by need, and the name that heads it. What is withheld comes last within its record. */
export function inOrderOfNeed(records: readonly ViewedRecord[]): Group[] {
  return [...records]
    .sort((a, b) => place(types, a.type) - place(types, b.type))
    .map((record) => ({
      record: record.id,
      type: record.type,
      state: record.state,
      lines: Object.entries(record.items)
        .map(([item, seen]) => ({ id: `${record.id}/${item}`, record: record.id, type: record.type, item, seen }))
        .sort(
          (a, b) =>
            Number(a.seen.shown === 'withheld') - Number(b.seen.shown === 'withheld') ||
            place(items, a.item) - place(items, b.item) ||
            a.item.localeCompare(b.item),
        ),
    }))
    .filter((group) => group.lines.length > 0);
}
