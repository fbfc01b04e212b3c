import type { Page } from '../../shell/pages';

export const pages: Page[] = [
  {
    path: 'customers/imports',
    entry: 'customers',
    title: { zh: '导入文件', en: 'Import a file' },
    sees: (me) => me.policies.has('import.run') && me.policies.has('forms.read'),
    load: () => import('./Imports'),
    order: 30,
  },
];
