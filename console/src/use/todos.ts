import { api, call } from '../api/client';
import type { Todo, TodoSource } from '../shell/pages';

/** What rings when the to-do page is opened; the shell tells of the rest (CallWaits). What is kept of it here says nothing of the caller. */
export const todos: TodoSource[] = [
  {
    key: 'calls',
    sees: (me) => me.policies.has('service-sessions') && me.acts.has('view'),
    load: async () =>
      (await call(() => api.GET('/v1/calls'))).calls
        .filter((one) => one.state === 'waiting')
        .map(
          (one): Todo => ({ key: `call-${one.id}`, title: { zh: '一通来电在等您接听', en: 'A call is waiting for you' }, to: 'customers/desk', urgent: true }),
        ),
  },
];
