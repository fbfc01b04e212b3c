/** What of the log is asked for, as it stands in the address: codes, opaque ids and times; never a personal value. */
export const fields = ['from', 'until', 'act', 'kind', 'actor', 'customer', 'purpose', 'decision', 'reason'] as const;
export type Field = (typeof fields)[number];
export type Filter = Partial<Record<Field, string>>;

const code = /^[a-z0-9][a-z0-9._-]{0,99}$/;
// Anything that is not of its shape is dropped before it can reach address, history or server: a phone number typed into a filter, say.
const shapes: Record<Field, RegExp> = {
  from: /^\d{1,15}$/,
  until: /^\d{1,15}$/,
  act: /^[a-z][a-z0-9-]{0,39}$/,
  kind: /^(anonymous|person|client|customer|system)$/,
  actor: /^[0-9a-f]{32}$/,
  customer: /^[0-9a-f]{64}$/,
  purpose: /^[a-z][a-z0-9_-]{0,39}$/,
  decision: /^(permit|needs|deny)$/,
  reason: /^(?=.*[a-z])[a-z0-9][a-z0-9._-]{0,99}$/,
};

export const isGood = (field: Field, value: string): boolean => shapes[field].test(value) && (field === 'from' || field === 'until' || code.test(value));

export function readFilter(address: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const field of fields) {
    const value = address.get(field);
    if (value !== null && isGood(field, value)) filter[field] = value;
  }
  return filter;
}

export function writeFilter(filter: Filter): URLSearchParams {
  const address = new URLSearchParams();
  for (const field of fields) {
    const value = filter[field];
    if (value !== undefined && value !== '' && isGood(field, value)) address.set(field, value);
  }
  return address;
}

/** As the server's query. An id without a kind is a person's. */
export const asQuery = (filter: Filter) => ({
  ...(filter.from && { From: Number(filter.from) }),
  ...(filter.until && { Until: Number(filter.until) }),
  ...(filter.act && { Act: filter.act }),
  ...((filter.kind || filter.actor) && { ActorKind: filter.kind ?? 'person' }),
  ...(filter.actor && { ActorId: filter.actor }),
  ...(filter.customer && { Customer: filter.customer }),
  ...(filter.purpose && { Purpose: filter.purpose }),
  ...(filter.decision && { Decision: filter.decision }),
  ...(filter.reason && { Reason: filter.reason }),
});

const two = (n: number): string => String(n).padStart(2, '0');

/** What a datetime-local field shows, in the reader's own zone. */
export function asLocal(ms: string | undefined): string {
  if (!ms) return '';
  const at = new Date(Number(ms));
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function fromLocal(text: string): string | undefined {
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? undefined : String(at);
}
