import { describe, expect, it } from 'vitest';
import { differences, flat, readPreview } from './preview';

describe('what an approver is shown', () => {
  it('reads customers with their masked values', () => {
    const id = 'a'.repeat(32);
    expect(readPreview(`${id}\n  identity.id_no: 3101**********001X\n  contact.mobile: —\n…\n`)).toEqual({
      kind: 'customers',
      customers: [
        {
          id,
          items: [
            { record: 'identity', item: 'id_no', value: '3101**********001X' },
            { record: 'contact', item: 'mobile', value: '—' },
          ],
        },
      ],
    });
  });
  it('reads one document as fields and two as a change', () => {
    expect(readPreview('{"post":"dpo","unit":"u"}')).toEqual({
      kind: 'fields',
      fields: [
        ['post', 'dpo'],
        ['unit', 'u'],
      ],
    });
    expect(readPreview('{"enabled":true}\n{"enabled":false}')).toMatchObject({ kind: 'change' });
  });
  it('shows whatever it cannot read as it is, and nothing for nothing', () => {
    expect(readPreview('第一行\n{"a":1}')).toEqual({ kind: 'text', text: '第一行\n{"a":1}' });
    expect(readPreview('[1]')).toEqual({ kind: 'text', text: '[1]' });
    expect(readPreview(' \n')).toBeNull();
  });
  it('names exactly what differs, absent values too', () => {
    const before = flat({ enabled: true, steps: [{ count: 2 }], customers: 1 });
    const after = flat({ enabled: false, steps: [{ count: 2 }, { count: 1 }] });
    expect(differences(before, after)).toEqual([
      { path: 'enabled', was: 'true', willBe: 'false' },
      { path: 'customers', was: '1', willBe: null },
      { path: 'steps.2.count', was: null, willBe: '1' },
    ]);
  });
});
