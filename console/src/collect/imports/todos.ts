import { api, call } from '../../api/client';
import type { Todo, TodoSource } from '../../shell/pages';
import { approvedOf } from './file';

/** Own files that were approved: they are imported by who asked, before the approval ends. */
export const todos: TodoSource[] = [
  {
    key: 'imports',
    sees: (me) => me.policies.has('import.run'),
    load: async (me) => {
      const { approvals } = await call(() => api.GET('/v1/approvals'));
      return approvals
        .filter((one) => one.requester === me.session.person && (one.state === 'approved' || one.state === 'in-force') && approvedOf(one) !== null)
        .map(
          (one): Todo => ({
            key: `import-${one.id}`,
            title: { zh: '导入文件已批准,等您导入', en: 'A file of yours is approved and waits to be imported' },
            due: one.until,
            to: 'customers/imports',
          }),
        );
    },
  },
];
