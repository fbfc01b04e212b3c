import type { Schemas } from '../api/client';
import type { FieldError } from '../api/problem';

export type Form = Schemas['FormDefinition'];
export type Consent = Schemas['FormConsent'];
export type Answer = 'given' | 'refused';

/** What was typed and said so far. Nothing is chosen for anybody: a consent that nobody spoke about is absent. */
export interface Draft {
  items: Record<string, string>;
  evidence: Record<string, string>;
  consents: Record<string, Answer>;
  /** Number of the recording, signature or document that proves what was said. */
  proofs: Record<string, string>;
  shown: boolean;
}

export const emptyDraft: Draft = { items: {}, evidence: {}, consents: {}, proofs: {}, shown: false };

/** Channels at which staff fill in a form while the person is there. */
export const staffChannels: readonly string[] = ['counter', 'call-centre', 'paper'];

export const consentKey = (consent: Consent): string => `${consent.purpose}${consent.separate ? '+' : ''}`;

// ConsentTakingRules.Proves, as what the field asks for; the server decides.
const proofKinds: Record<string, string> = {
  ticked: 'tick',
  'e-signed': 'signature',
  written: 'document',
  'recorded-voice': 'recording',
  guardian: 'document',
};

/** Consents that still need an answer. */
export const unanswered = (form: Form, draft: Draft): Consent[] => form.consents.filter((consent) => draft.consents[consentKey(consent)] === undefined);

/** Items that may be given only with a separate consent, and whether it was given. */
export function gate(form: Form, item: string, draft: Draft): 'free' | 'open' | 'waits' | 'refused' {
  const asked = form.consents.find((consent) => consent.separate && consent.items.includes(item));
  if (!asked) return 'free';
  const said = draft.consents[consentKey(asked)];
  return said === 'given' ? 'open' : said === 'refused' ? 'refused' : 'waits';
}

/** The body of the request: a separate consent that was refused takes its items along, whatever had been typed before. */
export function submission(form: Form, notice: { key: string; version: number }, draft: Draft) {
  const items = Object.fromEntries(
    form.items
      .map((one): [string, string] => [one.item, draft.items[one.item]?.trim() ?? ''])
      .filter(([item, value]) => value !== '' && ['free', 'open'].includes(gate(form, item, draft))),
  );
  const consents = form.consents.flatMap((consent) => {
    const state = draft.consents[consentKey(consent)];
    if (state === undefined) return [];
    const said = { purpose: consent.purpose, state, separate: consent.separate };
    const proof = { kind: proofKinds[consent.form] ?? null, reference: draft.proofs[consentKey(consent)]?.trim() || null };
    return [state === 'given' ? { ...said, form: consent.form, evidence: proof } : said];
  });
  const evidence = Object.fromEntries(
    form.evidence.map((kind): [string, string] => [kind, draft.evidence[kind]?.trim() ?? '']).filter(([, value]) => value !== ''),
  );
  return { notice: { key: notice.key, version: notice.version }, channel: form.channel, items, consents, evidence };
}

/**
 * Where the server's mistakes belong: "item:mobile", "evidence:recording", "consent:special+", or "" for the form as a whole.
 * A consent is named by its position in the request, or by its purpose when it is missing.
 */
export function place(errors: readonly FieldError[], sent: ReturnType<typeof submission>): Map<string, FieldError[]> {
  const placed = new Map<string, FieldError[]>();
  const put = (key: string, error: FieldError) => placed.set(key, [...(placed.get(key) ?? []), error]);
  for (const error of errors) {
    const item = /^items\.([a-z0-9_|-]+)$/.exec(error.at)?.[1];
    const evidence = /^evidence\.([a-z-]+)$/.exec(error.at)?.[1];
    const nth = /^consents\[(\d+)\]/.exec(error.at)?.[1];
    const purpose = /^consents\.([a-z0-9_-]+)$/.exec(error.at)?.[1];
    const said = nth === undefined ? undefined : sent.consents[Number(nth)];
    if (item) for (const key of item.split('|')) put(`item:${key}`, error);
    else if (evidence) put(`evidence:${evidence}`, error);
    else if (said) put(`consent:${said.purpose}${said.separate ? '+' : ''}`, error);
    else if (purpose) put(`consent:${purpose}`, error);
    else put('', error);
  }
  return placed;
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Whether the typed value looks unfinished or mistyped. Only a hint: the server decides. */
export function looksWrong(kind: string, value: string): boolean {
  const tight = value.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
  if (tight === '') return false;
  switch (kind) {
    case 'mobile':
      return !/^(\+?86)?1[3-9]\d{9}$/.test(tight);
    case 'cn-id': {
      if (!/^\d{17}[\dX]$/.test(tight)) return true;
      const sum = weights.reduce((total, weight, i) => total + weight * Number(tight[i]), 0);
      return '10X98765432'[sum % 11] !== tight[17];
    }
    case 'email':
      return !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim());
    default:
      return false;
  }
}
