import type { Approval } from '../../spine/approvals/shared';
import type { LineState } from './CardLine';
import type { Why } from './why';

const refused: Why = { zh: '申请没有通过或已过期。', en: 'The request was refused or has expired.', help: null, scenes: [], all: [] };

/** What the answer to a request does to its line; null: there is none yet. A correction that was dropped or typed anew meanwhile gets nothing of it. */
export function afterWait({ id, state }: Pick<Approval, 'id' | 'state'>, { waits, correction }: LineState): LineState | null {
  if (!waits || state === 'requested') return null;
  const own = waits.of !== null && correction?.key === waits.of ? correction : null;
  const given = state === 'approved' || state === 'in-force';
  if (waits.of === null) return given ? { waits: null, grant: id } : { waits: null, why: refused };
  if (!own) return { waits: null };
  return given ? { waits: null, correction: { ...own, grant: id } } : { waits: null, correction: null, why: refused };
}
