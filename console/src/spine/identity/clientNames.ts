import { useQuery } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../api/client';
import { useMe } from '../../shell/me';
import type { Two } from '../../shell/words';

/** What an API client may do. */
export const scopeWords: Record<Schemas['ClientScope'], Two> = {
  collect: { zh: '采集', en: 'collect' },
  import: { zh: '导入', en: 'import' },
  find: { zh: '查找', en: 'find' },
  view: { zh: '查看', en: 'view' },
  compare: { zh: '比对', en: 'compare' },
  correct: { zh: '更正', en: 'correct' },
  contact: { zh: '联系', en: 'contact' },
  consent: { zh: '同意', en: 'consents' },
  relations: { zh: '关系', en: 'relations' },
  ledger: { zh: '查阅记录', en: 'ledger' },
  explain: { zh: '权限推演', en: 'explain' },
  approvals: { zh: '审批', en: 'approvals' },
  audit: { zh: '审计日志', en: 'audit log' },
  tickets: { zh: '工单', en: 'work orders' },
  training: { zh: '培训结果', en: 'training' },
  metrics: { zh: '指标', en: 'metrics' },
  calls: { zh: '电话来电', en: 'calls' },
  reader: { zh: '证件阅读器', en: 'document reader' },
  rosters: { zh: '排班', en: 'rosters' },
};

/** Names to the ids of API clients, for who may read the report on them; others read the id's first digits. */
export function useClientName(): (id: string) => string {
  const me = useMe();
  const asked = useQuery({
    queryKey: ['clients-report'],
    staleTime: 300_000,
    enabled: me.policies.has('organisation.report'),
    queryFn: () => call(() => api.GET('/v1/clients/report')),
  });
  return (id) => asked.data?.find((one) => one.id === id)?.name ?? id.slice(0, 8);
}
