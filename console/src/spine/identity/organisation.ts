import { useQuery } from '@tanstack/react-query';
import { api, call } from '../../api/client';
import { useMe } from '../../shell/me';
import { useSay } from '../../shell/words';

/** The units with their names, for whoever may administer people. */
export function useUnits() {
  const asked = useQuery({ queryKey: ['units'], staleTime: 60_000, queryFn: () => call(() => api.GET('/v1/units')) });
  return { ...asked, nameOf: (id: string): string => asked.data?.find((unit) => unit.id === id)?.name ?? id.slice(0, 8) };
}

export function usePostName(): (key: string) => string {
  const tell = useSay();
  const me = useMe();
  return (key) => tell(me.words.posts.find((one) => one.key === key) ?? { zh: key, en: key });
}
