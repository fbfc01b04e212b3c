import type { Schemas } from '../../api/client';
import type { Problem } from '../../api/problem';

/** Why a line stays closed: one sentence, and the one thing that helps. */
export interface Why {
  zh: string;
  en: string;
  help: 'verify' | 'approval' | 'nda' | 'training' | 'purpose' | null;
  /** Vault scenes the decision named; an approval counts only for those it was asked for. */
  scenes: string[];
  /** Every reason that was given, with its code. */
  all: readonly { code: string; zh: string; en: string }[];
}

type Reason = Schemas['Reason'];
type Need = Schemas['Need'];

const helps: Record<string, Why['help']> = {
  'caller.unverified': 'verify',
  'purpose.item_outside': 'purpose',
  'purpose.not_collected': 'purpose',
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
  return { zh: reason?.zh ?? problem.zh, en: reason?.en ?? problem.en, help: help(reason, problem.needs), scenes: scenes(problem.needs), all: problem.reasons };
}

/** What was refused waits for a second person, and for nothing that he could not give. */
export const needsApproval = (problem: Problem): boolean => problem.needs.some((need) => need.what === 'approval' && need.how !== 'authorisation');

/** The customer's own word stands in for the second person: each of these scenes takes it. */
export const takesCode = (scenes: readonly string[], known: readonly Schemas['SceneRow'][]): boolean =>
  scenes.length > 0 && scenes.every((key) => known.some((row) => row.scene === key && row.byCode === true && row.enabled !== false));

/** Tries left at a code after a refusal; none means another code. What has nothing to do with the code costs none but the one that was used. */
export const triesAfter = (problem: Problem, tries: number): number => (problem.code === 'code.over' ? 0 : Math.max(0, tries - 1));

/** Of an item that came back masked or withheld although it was asked for in clear. */
export function whyMasked(codes: readonly string[], decision: Schemas['DecisionView']): Why | null {
  const reason = decision.reasons.find((one) => codes.includes(one.code)) ?? decision.reasons[0];
  return reason
    ? {
        zh: reason.zh,
        en: reason.en,
        help: help(reason, decision.needs),
        scenes: scenes(decision.needs),
        all: decision.reasons.filter((one) => one === reason || codes.includes(one.code)),
      }
    : null;
}

/** The purposes under which an item may be used instead, of those the person's posts have. */
export const otherPurposes = (item: { purposes: readonly unknown[] } | undefined, mine: ReadonlySet<string> | null, now: string): string[] =>
  ((item?.purposes ?? []) as string[]).filter((key) => key !== now && (mine === null || mine.has(key)));

/** Nothing is asked that must be refused: an item that does not serve the call's purpose is offered under one that it serves. */
export const outside = (item: { purposes: readonly unknown[] } | undefined, purpose: string): boolean =>
  item !== undefined && !(item.purposes as string[]).includes(purpose);

export const otherPurpose: Why = {
  zh: '这一项不属于本次用途。要用它,请换一个用途,只对这一项有效。',
  en: 'This item does not serve the purpose of the call. Use it under another one, for this item only.',
  help: 'purpose',
  scenes: [],
  all: [],
};
