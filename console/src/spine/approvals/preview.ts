/** What an approver is shown, read out of the server's text (UseRequests.Describe; canonical JSON of guarded acts and scene rows). */
export type Preview =
  | { kind: 'customers'; customers: { id: string; items: { item: string; record: string; value: string }[] }[] }
  | { kind: 'change'; before: Flat; after: Flat }
  | { kind: 'fields'; fields: Flat }
  | { kind: 'text'; text: string };

/** Paths with plain values, in the order of the document. */
export type Flat = [path: string, value: string][];

export function readPreview(text: string): Preview | null {
  if (text.trim() === '') return null;
  const lines = text.trimEnd().split('\n');
  if (/^[0-9a-f]{32}$/.test(lines[0] ?? '')) return { kind: 'customers', customers: customersOf(lines) };
  const parsed = lines.length <= 2 ? lines.map(objectOf) : [];
  const [first, second] = parsed;
  if (lines.length === 2 && first && second) return { kind: 'change', before: flat(first), after: flat(second) };
  if (lines.length === 1 && first) return { kind: 'fields', fields: flat(first) };
  return { kind: 'text', text };
}

function customersOf(lines: string[]) {
  const customers: { id: string; items: { item: string; record: string; value: string }[] }[] = [];
  for (const line of lines) {
    const held = /^ {2}([a-z0-9_-]+)\.([a-z0-9_-]+): (.*)$/.exec(line);
    if (held) customers.at(-1)?.items.push({ record: held[1] ?? '', item: held[2] ?? '', value: held[3] ?? '' });
    else if (/^[0-9a-f]{32}$/.test(line)) customers.push({ id: line, items: [] });
  }
  return customers;
}

function objectOf(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

export function flat(value: unknown, path = ''): Flat {
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return [[path, value.join(', ')]];
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${Array.isArray(value) ? Number(key) + 1 : key}`));
  return [[path, value === null || value === undefined ? '' : String(value)]];
}

/** Only what differs, with what was and what is to be; null: it was or will be absent, which is the same as empty. */
export function differences(before: Flat, after: Flat): { path: string; was: string | null; willBe: string | null }[] {
  const was = new Map(before);
  const willBe = new Map(after);
  return [...new Set([...was.keys(), ...willBe.keys()])]
    .map((path) => ({ path, was: was.get(path) ?? null, willBe: willBe.get(path) ?? null }))
    .filter((one) => (one.was ?? '') !== (one.willBe ?? ''));
}
