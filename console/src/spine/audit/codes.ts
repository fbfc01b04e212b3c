const kinds = [
  'until',
  'by',
  'list',
  'policy',
  'rule',
  'item',
  'given',
  'separate-given',
  'refused',
  'acknowledged',
  'withdrawn',
  'scene',
  'month',
  'co-operators',
] as const;
type Kind = (typeof kinds)[number];

const isKind = (kind: string): kind is Kind => (kinds as readonly string[]).includes(kind);

const shapes: Partial<Record<Kind, RegExp>> = {
  until: /^\d{1,15}$/,
  by: /^[0-9a-f]{32}$/,
  list: /^[0-9a-f]{32}$/,
  month: /^\d{4}-(0[1-9]|1[0-2])$/,
  'co-operators': /^\d{1,3}$/,
};

/** How many lines of a file came to what (Bulk, BatchChanges). */
export function counted(code: string): { what: 'created' | 'changed' | 'known' | 'rejected'; count: string } | null {
  const [, what, count] = /^(created|changed|known|rejected)-(\d{1,15})$/.exec(code) ?? [];
  return what && count ? { what: what as 'created' | 'changed' | 'known' | 'rejected', count } : null;
}

/** The scene that a code may name, by itself or after its point; whether there is such a scene, the list of scenes tells. */
export function sceneOf(code: string): string | null {
  const said = carried(code);
  return said ? (said.kind === 'scene' ? said.rest : null) : /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(code) ? code : null;
}

/** A code of an entry that carries something of its own after its first point. Codes of refusals have the same shape, so the rest must be of its kind. */
export function carried(code: string): { kind: Kind; rest: string } | null {
  const [, kind, rest] = /^([a-z-]+)\.(.+)$/.exec(code) ?? [];
  if (!kind || !rest || !isKind(kind)) return null;
  return (shapes[kind] ?? /./).test(rest) ? { kind, rest } : null;
}
