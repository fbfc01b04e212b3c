/** Units in the order of their tree, with how deep each lies; a unit whose parent is not there is a root of its own. */
export function inTree<T extends { id: string; parent: string | null; name: string }>(units: readonly T[]): { unit: T; depth: number }[] {
  const known = new Set(units.map((unit) => unit.id));
  const below = (parent: string | null, depth: number, seen: ReadonlySet<string>): { unit: T; depth: number }[] =>
    units
      .filter((unit) => (parent === null ? unit.parent === null || !known.has(unit.parent) : unit.parent === parent) && !seen.has(unit.id))
      .sort((a, b) => a.name.localeCompare(b.name))
      .flatMap((unit) => [{ unit, depth }, ...below(unit.id, depth + 1, new Set([...seen, unit.id]))]);
  return below(null, 0, new Set());
}
