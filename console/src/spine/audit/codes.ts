const kinds = ['until', 'by', 'list', 'policy', 'rule', 'item', 'given', 'separate-given', 'refused', 'acknowledged', 'withdrawn'] as const;
type Kind = (typeof kinds)[number];

const isKind = (kind: string): kind is Kind => (kinds as readonly string[]).includes(kind);

/** A code of an entry that carries something of its own after its first point. Codes of refusals have the same shape, so the rest must be of its kind. */
export function carried(code: string): { kind: Kind; rest: string } | null {
  const [, kind, rest] = /^([a-z-]+)\.(.+)$/.exec(code) ?? [];
  if (!kind || !rest || !isKind(kind)) return null;
  const shape = kind === 'until' ? /^\d{1,15}$/ : kind === 'by' || kind === 'list' ? /^[0-9a-f]{32}$/ : /./;
  return shape.test(rest) ? { kind, rest } : null;
}
