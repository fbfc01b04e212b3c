/** What an approver is shown, read out of the server's text (UseRequests.Describe; canonical JSON of guarded acts and scene rows). */
export type Preview =
  | { kind: 'customers'; file: BatchFile | null; customers: Customer[] }
  | { kind: 'change'; before: Flat; after: Flat }
  | { kind: 'fields'; fields: Flat }
  | { kind: 'text'; text: string };

/** What a bulk change says of its file (BatchChanges): how many customers, items and values it is about. */
export interface BatchFile {
  sha256: string;
  customers: number;
  items: number;
  values: number;
}

/** What is to be written, then what is there; both masked. The id is empty where the text was cut off before it. */
export interface Customer {
  id: string;
  changes: { item: string; value: string }[];
  items: { item: string; record: string; value: string }[];
}

/** Paths with plain values, in the order of the document. */
export type Flat = [path: string, value: string][];

export function readPreview(text: string): Preview | null {
  if (text.trim() === '') return null;
  const lines = text.trimEnd().split('\n');
  const file = fileOf(lines[0] ?? '', lines[1] ?? '');
  if (file || isCustomer(lines[0] ?? '') || isChange.test(lines[0] ?? '')) return { kind: 'customers', file, customers: customersOf(lines) };
  const parsed = lines.length <= 2 ? lines.map(objectOf) : [];
  const [first, second] = parsed;
  if (lines.length === 2 && first && second) return { kind: 'change', before: flat(first), after: flat(second) };
  if (lines.length === 1 && first) return { kind: 'fields', fields: flat(first) };
  return { kind: 'text', text };
}

const isCustomer = (line: string): boolean => /^[0-9a-f]{32}$/.test(line);
const isChange = /^→ ([a-z0-9_-]+): (.*)$/;

function fileOf(first: string, second: string): BatchFile | null {
  const sha256 = /^SHA-256 ([0-9a-f]{64})$/.exec(first)?.[1];
  const [, customers, items, values] = /^(\d+) × (\d+) \((\d+)\)$/.exec(second) ?? [];
  return sha256 && values ? { sha256, customers: Number(customers), items: Number(items), values: Number(values) } : null;
}

/** A customer's changes come before his id. */
function customersOf(lines: string[]): Customer[] {
  const customers: Customer[] = [];
  let changes: Customer['changes'] = [];
  for (const line of lines) {
    const held = /^ {2}([a-z0-9_-]+)\.([a-z0-9_-]+): (.*)$/.exec(line);
    const [, item, value] = isChange.exec(line) ?? [];
    if (held) customers.at(-1)?.items.push({ record: held[1] ?? '', item: held[2] ?? '', value: held[3] ?? '' });
    else if (item) changes.push({ item, value: value ?? '' });
    else if (isCustomer(line)) {
      customers.push({ id: line, changes, items: [] });
      changes = [];
    }
  }
  return changes.length === 0 ? customers : [...customers, { id: '', changes, items: [] }];
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
