import { useQuery } from '@tanstack/react-query';
import { api, call } from '../../api/client';
import { useMe } from '../../shell/me';
import { type Two, useSay } from '../../shell/words';

/** The units with their names, for whoever may administer people. */
export function useUnits() {
  const asked = useQuery({ queryKey: ['units'], staleTime: 60_000, queryFn: () => call(() => api.GET('/v1/units')) });
  return { ...asked, nameOf: (id: string): string => asked.data?.find((unit) => unit.id === id)?.name ?? id.slice(0, 8) };
}

/** The legal entities with their names. */
export function useEntities() {
  const asked = useQuery({ queryKey: ['entities'], staleTime: 60_000, queryFn: () => call(() => api.GET('/v1/entities')) });
  return { ...asked, nameOf: (id: string): string => asked.data?.find((entity) => entity.id === id)?.name ?? id.slice(0, 8) };
}

/** Posts that scenes name before an installation has them (packs/general/scenes.yaml). */
const posts: Record<string, Two> = { legal: { zh: '法务', en: 'Legal' } };

export function usePostName(): (key: string) => string {
  const tell = useSay();
  const me = useMe();
  return (key) => tell(me.words.posts.find((one) => one.key === key) ?? posts[key] ?? { zh: key, en: key });
}

/** Names to ids, as far as the person may know them: his own companies, or all for who oversees them. */
export function useNames() {
  const me = useMe();
  const asked = useQuery({
    queryKey: ['directory'],
    staleTime: 300_000,
    enabled: me.policies.has('duty.read'),
    queryFn: () => call(() => api.GET('/v1/directory')),
  });
  return { people: asked.data?.people ?? [], nameOf: (id: string): string => asked.data?.people.find((one) => one.person === id)?.name ?? id.slice(0, 8) };
}

/** Colleagues to choose from. */
export function useColleagues(): { value: string; label: string }[] {
  return useNames()
    .people.filter((one) => one.active)
    .map((one) => ({ value: one.person, label: one.name }));
}
