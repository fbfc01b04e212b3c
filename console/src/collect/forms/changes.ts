import type { Schemas } from '../../api/client';
import type { paths } from '../../api/v1';

export type Definition = Schemas['FormDefinition'];

/** A draft as it is handed in. */
export type Ask = paths['/v1/forms/{key}']['put']['requestBody']['content']['application/json'];

/** One thing that a draft does otherwise than the open version; what it is about is said by key. */
export interface Change {
  what: 'title' | 'channel' | 'notice' | 'records' | 'purposes' | 'evidence' | 'items' | 'consents';
  key: string;
  kind: 'added' | 'removed' | 'changed';
}

const plain = (value: unknown): string => JSON.stringify(value);

function lists<T>(what: Change['what'], was: readonly T[], now: readonly T[], keyOf: (one: T) => string): Change[] {
  const [before, after] = [new Map(was.map((one) => [keyOf(one), plain(one)])), new Map(now.map((one) => [keyOf(one), plain(one)]))];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((key): Change[] => {
    if (!before.has(key)) return [{ what, key, kind: 'added' }];
    if (!after.has(key)) return [{ what, key, kind: 'removed' }];
    return before.get(key) === after.get(key) ? [] : [{ what, key, kind: 'changed' }];
  });
}

/** Everything in which a draft differs from the version that is open; the order of lists counts for nothing. */
export function changes(open: Definition, draft: Definition): Change[] {
  const self = (one: unknown) => String(one);
  return [
    ...(['title', 'channel', 'notice'] as const)
      .filter((what) => plain(open[what]) !== plain(draft[what]))
      .map((what): Change => ({ what, key: '', kind: 'changed' })),
    ...lists('records', open.records, draft.records, self),
    ...lists('purposes', open.purposes, draft.purposes, self),
    ...lists('items', open.items, draft.items, (one) => one.item),
    ...lists('consents', open.consents, draft.consents, (one) => `${one.purpose}${one.separate ? '+' : ''}`),
    ...lists('evidence', open.evidence, draft.evidence, self),
  ];
}

/** The draft as PUT /v1/forms/{key} takes it. */
export const asked = (form: Definition): Ask => ({
  title: form.title,
  channel: form.channel,
  records: [...form.records],
  purposes: [...form.purposes],
  notice: form.notice,
  items: form.items.map((one) => ({ item: one.item, required: one.required, by: one.by, ...(one.oneOf && { oneOf: one.oneOf }) })),
  consents: form.consents.map((one) => ({ form: one.form, purpose: one.purpose, separate: one.separate, items: [...one.items] })),
  evidence: [...form.evidence],
});
