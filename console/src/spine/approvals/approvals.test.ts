import { describe, expect, it } from 'vitest';
import { differences, flat, readPreview } from './preview';

describe('what an approver is shown', () => {
  it('reads customers with their masked values', () => {
    const id = 'a'.repeat(32);
    expect(readPreview(`${id}\n  identity.id_no: 3101**********001X\n  contact.mobile: —\n…\n`)).toEqual({
      kind: 'customers',
      file: null,
      customers: [
        {
          id,
          changes: [],
          items: [
            { record: 'identity', item: 'id_no', value: '3101**********001X' },
            { record: 'contact', item: 'mobile', value: '—' },
          ],
        },
      ],
    });
  });
  it('reads a correction, its new values before what is there, and what was cut off', () => {
    const id = 'b'.repeat(32);
    expect(readPreview(`→ mobile: 138****5678\n→ email: —\n${id}\n  profile.mobile: 139****0000\n`)).toEqual({
      kind: 'customers',
      file: null,
      customers: [
        {
          id,
          changes: [
            { item: 'mobile', value: '138****5678' },
            { item: 'email', value: '—' },
          ],
          items: [{ record: 'profile', item: 'mobile', value: '139****0000' }],
        },
      ],
    });
    expect(readPreview('→ mobile: 138****5678\n…\n')).toMatchObject({ customers: [{ id: '', changes: [{ item: 'mobile' }], items: [] }] });
  });
  it('reads a bulk change, every change with its own customer', () => {
    const [file, first, second] = ['c'.repeat(64), '1'.repeat(32), '2'.repeat(32)];
    const text = `SHA-256 ${file}\n12 × 1 (12)\n→ mobile: 138****1\n${first}\n  profile.mobile: 139****1\n→ mobile: 138****2\n${second}\n  profile.mobile: —\n`;
    expect(readPreview(text)).toMatchObject({
      kind: 'customers',
      file: { sha256: file, customers: 12, items: 1, values: 12 },
      customers: [
        { id: first, changes: [{ item: 'mobile', value: '138****1' }] },
        { id: second, changes: [{ item: 'mobile', value: '138****2' }] },
      ],
    });
    expect(readPreview(`SHA-256 ${file}\nnothing known`)).toMatchObject({ kind: 'text' });
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
