import { api, call } from '../../api/client';
import type { Todo, TodoSource } from '../../shell/pages';
import { happened } from './sentence';

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
      const found = [...(open ?? []), ...mine];
      if (found.length === 0) return [];
      const { rules } = await call(() => api.GET('/v1/monitoring/rules'));
      return found.map((one): Todo => {
        const waits = one.state === 'open';
        return {
          key: `alert-${one.id}`,
          title: {
            zh: `${waits ? '告警等人处理' : '您接手的告警还没有结论'}:${happened(one, rules, 'zh')}`,
            en: `${waits ? 'An alert waits' : 'An alert you took has no answer yet'}: somebody ${happened(one, rules, 'en')}`,
          },
          due: waits ? one.raised + escalates : null,
          to: `incidents/alert?id=${one.id}`,
          urgent: one.stage === 'act' && waits,
        };
      });
    },
  },
];
