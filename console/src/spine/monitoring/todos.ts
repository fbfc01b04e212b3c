import { api, call } from '../../api/client';
import type { Todo, TodoSource } from '../../shell/pages';

/** Alerts nobody has taken within a day go to management; that is their deadline. */
const escalates = 24 * 3_600_000;

/** Alerts that nobody has taken, and those this person took and has not answered. */
export const todos: TodoSource[] = [
  {
    key: 'alerts',
    sees: (me) => me.policies.has('alerts.handle'),
    load: async (me) => {
      const [open, taken] = await Promise.all(
        (['open', 'taken'] as const).map(async (state) => (await call(() => api.GET('/v1/alerts', { params: { query: { state } } }))).alerts),
      );
      const mine = (taken ?? []).filter((one) => one.steps.at(-1)?.by === me.session.person);
      const todo = (one: (typeof mine)[number], title: Todo['title'], due: number | null): Todo => ({
        key: `alert-${one.id}`,
        title,
        due,
        to: `incidents/alert?id=${one.id}`,
        urgent: one.stage === 'act' && one.state === 'open',
      });
      return [
        ...(open ?? []).map((one) => todo(one, { zh: `告警等人处理:${one.rule}`, en: `An alert waits: ${one.rule}` }, one.raised + escalates)),
        ...mine.map((one) => todo(one, { zh: `您接手的告警还没有结论:${one.rule}`, en: `An alert you took has no answer yet: ${one.rule}` }, null)),
      ];
    },
  },
];
