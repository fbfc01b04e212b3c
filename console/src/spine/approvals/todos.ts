import { api, call } from '../../api/client';
import type { Todo, TodoSource } from '../../shell/pages';
import { dueOf, isMine, isOwedByMe, isTakenFromMe, nameOf } from './mine';

/** Requests that wait for this person, and emergencies whose review he may be asked for. */
export const todos: TodoSource[] = [
  {
    key: 'approvals',
    sees: (me) => me.policies.has('approvals.use'),
    load: async (me) => {
      const { approvals } = await call(() => api.GET('/v1/approvals'));
      const taken = approvals
        .filter((one) => isTakenFromMe(one, me.session.person, Date.now()))
        .map(
          (one): Todo => ({
            key: `approval-taken-${one.id}`,
            title: { zh: `${nameOf(one, one.taken?.person)}收回了给您的一项授权`, en: `${nameOf(one, one.taken?.person)} took an approval of yours back` },
            due: one.until,
            to: `approvals/request?id=${one.id}`,
          }),
        );
      const waiting = approvals
        .filter((one) => isMine(one, me.session.person) || isOwedByMe(one, me.session.person))
        .map(
          (one): Todo => ({
            key: `approval-${one.id}`,
            title:
              one.state === 'requested'
                ? { zh: `${from(one)}的授权申请等您答复`, en: `A request of ${from(one)} waits for your answer` }
                : { zh: `${from(one)}的应急打开等您复核`, en: `An emergency of ${from(one)} needs your review` },
            due: dueOf(one),
            to: `approvals/request?id=${one.id}`,
          }),
        );
      return [...waiting, ...taken];
    },
  },
];

const from = (approval: Parameters<typeof nameOf>[0] & { requester: string; unitName: string }): string =>
  `${nameOf(approval, approval.requester)}(${approval.unitName})`;
