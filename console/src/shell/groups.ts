import type { Two } from './words';

/** Pages of one entry under their group titles, both in the order in which they come; what has no group comes without a title. */
export function inGroups<T extends { group?: Two }>(pages: readonly T[]): { title: Two | undefined; pages: T[] }[] {
  const groups: { title: Two | undefined; pages: T[] }[] = [];
  for (const page of pages) {
    const known = groups.find((group) => group.title?.en === page.group?.en);
    if (known) known.pages.push(page);
    else groups.push({ title: page.group, pages: [page] });
  }
  return groups;
}
