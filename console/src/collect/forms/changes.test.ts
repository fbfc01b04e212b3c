import { describe, expect, it } from 'vitest';
import { asked, changes, type Definition } from './changes';

const open = {
  key: 'counter-checkin',
  title: { zh: '值机', en: 'Check-in' },
  channel: 'counter',
  records: ['profile'],
  purposes: ['fulfil', 'realname'],
  notice: 'booking',
  evidence: ['document-reader'],
  items: [
    { item: 'name', required: true, oneOf: null, by: 'reader' },
    { item: 'seat', required: true, oneOf: null, by: 'system' },
  ],
  consents: [{ purpose: 'fulfil', form: 'e-signed', separate: false, items: [] }],
} as unknown as Definition;

describe('what a draft changes', () => {
  it('is nothing when it is the same, in whatever order', () => {
    expect(changes(open, { ...open, purposes: ['realname', 'fulfil'], items: [...open.items].reverse() } as Definition)).toEqual([]);
  });
  it('is each thing that is new, gone or other', () => {
    const draft = {
      ...open,
      title: { zh: '自助值机', en: 'Check-in' },
      purposes: ['fulfil'],
      items: [
        { ...open.items[0], required: false },
        { item: 'bag_tag', required: false, by: 'system' },
      ],
      consents: [{ ...open.consents[0] }, { purpose: 'fulfil', form: 'ticked', separate: true, items: ['name'] }],
    } as unknown as Definition;
    expect(changes(open, draft).map((one) => `${one.what} ${one.key} ${one.kind}`)).toEqual([
      'title  changed',
      'purposes realname removed',
      'items name changed',
      'items bag_tag added',
      'items seat removed',
      'consents fulfil+ added',
    ]);
  });
  it('goes out as it is, without members nobody set', () => {
    expect(asked(open).items?.[0]).toEqual({ item: 'name', required: true, by: 'reader' });
    expect(asked({ ...open, items: [{ ...open.items[0], oneOf: 'document' }] } as Definition).items?.[0]).toMatchObject({ oneOf: 'document' });
  });
});
