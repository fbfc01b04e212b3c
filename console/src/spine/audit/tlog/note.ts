import { type Bytes, fromBase64, joined, same, sha256, toHex, utf8 } from './bytes';

/** A C2SP signed note: text, and who signed it. Parsing proves nothing. */
export interface SignedNote {
  /** With its last line feed: exactly what is signed. */
  text: string;
  signatures: { name: string; keyId: Bytes; signature: Bytes }[];
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
}

export interface VerifierKey {
  name: string;
  keyId: Bytes;
  publicKey: Bytes;
}

const longest = 1_000_000;
const mostSignatures = 100;
const prefix = '— ';
const ed25519 = 1;

const isKeyName = (name: string): boolean => name.length > 0 && !/[\s+]/u.test(name);
// biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these
const control = /[\u0000-\u0009\u000b-\u001f]/;

function signatureOf(line: string): SignedNote['signatures'][number] | null {
  if (!line.startsWith(prefix)) return null;
  const rest = line.slice(prefix.length);
  const space = rest.indexOf(' ');
  const bytes = space < 0 ? null : fromBase64(rest.slice(space + 1));
  const name = rest.slice(0, Math.max(space, 0));
  if (!bytes || bytes.length < 5 || !isKeyName(name)) return null;
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

export function parseNote(note: string): SignedNote | null {
  const split = note.lastIndexOf('\n\n');
  if (note.length > longest || control.test(note) || split < 0 || !note.endsWith('\n') || split + 2 === note.length) return null;
  const lines = note.slice(split + 2, -1).split('\n');
  const signatures = lines.map(signatureOf);
  if (lines.length > mostSignatures || signatures.includes(null)) return null;
  return { text: note.slice(0, split + 1), signatures: signatures as SignedNote['signatures'] };
}

/** C2SP tlog-checkpoint: origin, decimal size, base64 root. Extension lines are opaque. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const lines = text.split('\n');
  if (lines.length < 4 || lines.at(-1) !== '' || lines.slice(0, -1).includes('')) return null;
  const [origin, decimal, encoded] = lines as [string, string, string];
  const size = Number(decimal);
  const root = fromBase64(encoded);
  if (!/^(0|[1-9][0-9]*)$/.test(decimal) || !Number.isSafeInteger(size) || root?.length !== 32) return null;
  return { origin, size, root };
}

/** name+hex8+base64(0x01 ‖ public key); the id must be SHA-256(name ‖ LF ‖ 0x01 ‖ key)[:4]. */
export async function parseKey(text: string): Promise<VerifierKey | null> {
  const [name, hex, ...rest] = text.trim().split('+');
  const encoded = fromBase64(rest.join('+'));
  if (!name || !hex || !isKeyName(name) || encoded?.length !== 33 || encoded[0] !== ed25519) return null;
  const keyId = (await sha256(joined(utf8(`${name}\n`), encoded))).slice(0, 4);
  return toHex(keyId) === hex ? { name, keyId, publicKey: encoded.slice(1) } : null;
}

/** unsupported: this browser has no Ed25519, so nothing is said either way. */
export type Signed = 'good' | 'bad' | 'other-key' | 'unsupported';

/** At least one signature is by this key, and all of those are good; other keys' signatures are ignored, as the format demands. */
export async function signedBy(note: SignedNote, key: VerifierKey): Promise<Signed> {
  const own = note.signatures.filter((one) => one.name === key.name && same(one.keyId, key.keyId));
  if (own.length === 0) return 'other-key';
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey('raw', key.publicKey, 'Ed25519', false, ['verify']);
  } catch (fault) {
    return fault instanceof DOMException && fault.name === 'NotSupportedError' ? 'unsupported' : 'bad';
  }
  const text = utf8(note.text);
  const good = await Promise.all(own.map((one) => crypto.subtle.verify('Ed25519', imported, one.signature, text)));
  return good.every(Boolean) ? 'good' : 'bad';
}
