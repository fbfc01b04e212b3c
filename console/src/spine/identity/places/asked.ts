import { useQuery } from '@tanstack/react-query';
import { api, call } from '../../../api/client';
import { useMe } from '../../../shell/me';
import { type Approval, stands } from '../../approvals/shared';

export interface Asked<T> {
  approval: Approval;
  draft: T;
}

/** How long the approver has to answer and the change may then be carried out. */
export const term = 24 * 3_600_000 - 60_000;

/** Own requests for an act with exactly what was asked for: nothing else may be carried out under the approval (PlaceDraft). */
export function useAsked<T>(act: string): Asked<T>[] {
  const me = useMe();
  const asked = useQuery({ queryKey: ['approvals'], queryFn: async () => (await call(() => api.GET('/v1/approvals'))).approvals });
  return (asked.data ?? []).flatMap((approval) => {
    if (approval.act !== act || approval.requester !== me.session.person || !(stands(approval) || approval.state === 'requested')) return [];
    try {
      return [{ approval, draft: JSON.parse(approval.preview) as T }];
    } catch {
      return [];
    }
  });
}
