import type { Schemas } from '../../api/client';

type Approval = Schemas['ApprovalView'];

/** How colleagues see the name of somebody who takes part. */
export const nameOf = (approval: { people: readonly { person: string; name: string }[] }, person: string | null | undefined): string =>
  approval.people.find((one) => one.person === person)?.name ?? '**';

/** Whether this person should answer it now, as far as the screen can tell; the server decides. */
export const isMine = (approval: Approval, person: string): boolean =>
  approval.state === 'requested' && approval.requester !== person && !approval.votes.some((vote) => vote.person === person);

export const isOwedByMe = (approval: Approval, person: string): boolean =>
  approval.reviewUntil != null && approval.review == null && approval.requester !== person && !approval.overseen;

/** A grant of this person's that somebody else took back, as long as he might still count on it. */
export const isTakenFromMe = (approval: Approval, person: string, now: number): boolean =>
  approval.state === 'revoked' && approval.requester === person && approval.taken != null && approval.taken.person !== person && now < approval.until;

export const dueOf = (approval: Approval): number =>
  approval.state === 'requested' ? (approval.answer ?? approval.until) : (approval.reviewUntil ?? approval.until);
