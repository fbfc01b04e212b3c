import { api, call } from '../../api/client';
import type { Todo, TodoSource } from '../../shell/pages';
import { dueOf, isMine, isOwedByMe } from './mine';

/** Requests that wait for this person, and emergencies whose review he may be asked for. */
export const todos: TodoSource[] = [
  {
    key: 'approvals',
    sees: (me) => me.policies.has('approvals.use'),
    load: async (me) => {
      const { approvals } = await call(() => api.GET('/v1/approvals'));
      return approvals
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
    },
  },
];

const from = (approval: { requester: string; unitName: string; people: readonly { person: string; name: string }[] }): string =>
  `${approval.people.find((one) => one.person === approval.requester)?.name ?? '**'}(${approval.unitName})`;
