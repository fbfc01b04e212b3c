import type { Schemas } from '../../api/client';
import type { Problem } from '../../api/problem';

/** Why a line stays closed: one sentence, and the one thing that helps. */
export interface Why {
  zh: string;
  en: string;
  help: 'verify' | 'approval' | 'nda' | 'training' | null;
  /** Vault scenes the decision named; an approval counts only for those it was asked for. */
  scenes: string[];
}

type Reason = Schemas['Reason'];
type Need = Schemas['Need'];

const helps: Record<string, Why['help']> = {
  'caller.unverified': 'verify',
  'level.masked': 'approval',
  'vault.needed': 'approval',
  'volume.stop': 'approval',
  'nda.lapsed': 'nda',
  'training.lapsed': 'training',
};

function help(reason: Reason | undefined, needs: readonly Need[]): Why['help'] {
  const byReason = reason ? helps[reason.code] : undefined;
  if (byReason) return byReason;
  if (needs.some((need) => need.what === 'caller')) return 'verify';
  return needs.some((need) => need.what === 'approval' && need.how !== 'authorisation') ? 'approval' : null;
}

/** A need names a scene, an act (use.view) or a standing authorisation, which nobody gives for one call. */
const scenes = (needs: readonly Need[]): string[] => [
  ...new Set(needs.filter((need) => need.what === 'approval' && need.how !== 'authorisation' && !need.how.startsWith('use.')).map((need) => need.how)),
];

/** Of a refused request. */
export function whyRefused(problem: Problem): Why {
  const reason = problem.reasons[0];
  return { zh: reason?.zh ?? problem.zh, en: reason?.en ?? problem.en, help: help(reason, problem.needs), scenes: scenes(problem.needs) };
}

/** Of an item that came back masked or withheld although it was asked for in clear. */
export function whyMasked(codes: readonly string[], decision: Schemas['DecisionView']): Why | null {
  const reason = decision.reasons.find((one) => codes.includes(one.code)) ?? decision.reasons[0];
  return reason ? { zh: reason.zh, en: reason.en, help: help(reason, decision.needs), scenes: scenes(decision.needs) } : null;
}
