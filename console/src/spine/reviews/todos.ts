import { api, call } from '../../api/client';
import type { Todo, TodoSource } from '../../shell/pages';

const overseers = ['auditor', 'dpo', 'admin-4a'];

/** Rights that wait for this person's word, samples that wait for a second look, and checks of the log that are due. */
export const todos: TodoSource[] = [
  {
    key: 'access-reviews',
    sees: (me) => me.policies.has('reviews.decide'),
    load: async (me) => {
      const { reviews } = await call(() => api.GET('/v1/access-reviews'));
      const oversees = overseers.some((post) => me.posts.has(post));
      const found = await Promise.all(
        reviews
          .filter((one) => one.state !== 'closed')
          .map(async (one): Promise<Todo[]> => {
            const base = { key: `review-${one.id}`, due: one.deadline, to: `assurance/review?id=${one.id}` };
            const waiting = (one.lines.open ?? 0) + (one.lines.suspended ?? 0) + (one.lines.escalated ?? 0);
            if (waiting === 0)
              return me.policies.has('reviews.second') && one.sample.length > 0
                ? [{ ...base, title: { zh: `权限复核“${one.name}”:抽样等您再看一遍`, en: `Access review “${one.name}”: the sample waits for a second look` } }]
                : [];
            // Who oversees sees everybody's lines: how far it has come is what he is told.
            if (oversees)
              return me.policies.has('reviews.manage')
                ? [
                    {
                      ...base,
                      title: { zh: `权限复核“${one.name}”还有 ${waiting} 项没有决定`, en: `Access review “${one.name}”: ${waiting} rights undecided` },
                    },
                  ]
                : [];
            const page = await call(() => api.GET('/v1/access-reviews/{id}/lines', { params: { path: { id: one.id }, query: { state: 'open' } } }));
            const mine = page.lines.filter((line) => line.person !== me.session.person).length;
            const count = page.next ? `${mine}+` : String(mine);
            return mine > 0
              ? [{ ...base, title: { zh: `权限复核“${one.name}”:${count} 项等您决定`, en: `Access review “${one.name}”: ${count} rights wait for you` } }]
              : [];
          }),
      );
      return found.flat();
    },
  },
  {
    key: 'log-check-results',
    sees: (me) => me.policies.has('log.results'),
    load: async () => {
      const { results } = await call(() => api.GET('/v1/log-check-results'));
      return results
        .filter((one) => one.state !== 'acknowledged')
        .map(
          (one): Todo => ({
            key: `result-${one.id}`,
            title: { zh: '日志检查结果已通报给您,请确认', en: 'The result of a log check went to you: acknowledge it' },
            due: one.due,
            to: 'assurance/results',
            urgent: one.state === 'escalated',
          }),
        );
    },
  },
  {
    key: 'log-checks',
    sees: (me) => me.policies.has('log.review'),
    load: async (me) => {
      const { checks } = await call(() => api.GET('/v1/log-checks'));
      const mayAll = me.policies.has('log.check');
      return checks
        .filter((one) => (one.items.open ?? 0) > 0 && (mayAll || one.kind === 'daily'))
        .map(
          (one): Todo => ({
            key: `check-${one.id}`,
            title: { zh: `日志检查:${one.items.open} 条等人判断`, en: `Log check: ${one.items.open} entries to judge` },
            due: one.due,
            to: `assurance/check?id=${one.id}`,
          }),
        );
    },
  },
];
