import { describe, expect, it } from 'vitest';
import { awaits, mayConfirmTogether, needsReason, shares, unusedFirst } from './lines';

describe('lines of an access review', () => {
  it('wait while open, resting or escalated', () => {
    expect((['open', 'confirmed', 'reduced', 'revoked', 'suspended', 'escalated'] as const).filter((state) => awaits({ state }))).toEqual([
      'open',
      'suspended',
      'escalated',
    ]);
  });
  it('are not confirmed together where one is sensitive', () => {
    expect([mayConfirmTogether([{ level: 2 }, { level: 1 }]), mayConfirmTogether([{ level: 2 }, { level: 3 }]), mayConfirmTogether([{ level: 4 }])]).toEqual([
      true,
      false,
      true,
    ]);
  });
  it('need a reason to be taken away, or kept unused', () => {
    expect(needsReason('revoke', [{ preset: null }])).toBe(true);
    expect(needsReason('confirm', [{ preset: 'revoke' }])).toBe(true);
    expect(needsReason('confirm', [{ preset: null }])).toBe(false);
  });
  it('come unused first, else in their order', () => {
    const lines = [
      { id: 'a', preset: null },
      { id: 'b', preset: 'revoke' as const },
      { id: 'c', preset: null },
    ];
    expect(unusedFirst(lines).map((line) => line.id)).toEqual(['b', 'a', 'c']);
  });
  it('fill a bar by state', () => {
    expect(shares({ open: 6, confirmed: 3, revoked: 1 })).toEqual([
      { state: 'confirmed', count: 3, percent: 30 },
      { state: 'revoked', count: 1, percent: 10 },
      { state: 'open', count: 6, percent: 60 },
    ]);
    expect(shares({})).toEqual([]);
  });
});
