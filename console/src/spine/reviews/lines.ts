import type { Schemas } from '../../api/client';

export type Line = Schemas['LineView'];
export type Campaign = Schemas['CampaignView'];

/** Lines somebody has yet to decide (CampaignRules.Awaits). */
export const awaits = (line: Pick<Line, 'state'>): boolean => line.state === 'open' || line.state === 'suspended' || line.state === 'escalated';

const sensitive = 3;

/** Nothing sensitive is confirmed together with others: each such right is looked at by itself (domain.md §8). */
export const mayConfirmTogether = (lines: readonly Pick<Line, 'level'>[]): boolean =>
  lines.length <= 1 || lines.every((line) => Number(line.level) < sensitive);

/** A reason is needed to take something away, and to keep what nobody used. */
export const needsReason = (verdict: Schemas['LineVerdict'], lines: readonly Pick<Line, 'preset'>[]): boolean =>
  verdict !== 'confirm' || lines.some((line) => line.preset != null);

/** What lay unused through 90 days comes first; what was only given since is not held against anybody. */
export const unusedFirst = <T extends Pick<Line, 'preset'>>(lines: readonly T[]): T[] =>
  [...lines].sort((a, b) => Number(b.preset === 'revoke') - Number(a.preset === 'revoke'));

const order = ['confirmed', 'reduced', 'revoked', 'suspended', 'escalated', 'open'] as const;

/** Shares of a whole in the order in which a bar shows them; what is open is the rest of it. */
export function shares(lines: Campaign['lines']): { state: (typeof order)[number]; count: number; percent: number }[] {
  const all = Object.values(lines).reduce((sum, n) => sum + n, 0);
  return order.flatMap((state) => {
    const count = lines[state] ?? 0;
    return count === 0 ? [] : [{ state, count, percent: (100 * count) / all }];
  });
}
