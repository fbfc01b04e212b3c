import type { Schemas } from '../../api/client';

type Approval = Schemas['ApprovalView'];

/** Whether this person should answer it now, as far as the screen can tell; the server decides. */
export const isMine = (approval: Approval, person: string): boolean =>
  approval.state === 'requested' && approval.requester !== person && !approval.votes.some((vote) => vote.person === person);

export const isOwedByMe = (approval: Approval, person: string): boolean =>
  approval.reviewUntil != null && approval.review == null && approval.requester !== person && !approval.overseen;

export const dueOf = (approval: Approval): number =>
  approval.state === 'requested' ? (approval.answer ?? approval.until) : (approval.reviewUntil ?? approval.until);
