import type { Schemas } from '../../../api/client';
import { type Bytes, fromBase64, toHex } from './bytes';
import { leafHash, rootOf } from './merkle';
import { type Checkpoint, parseCheckpoint, parseKey, parseNote, type Signed, signedBy } from './note';

type Evidence = Pick<Schemas['EvidenceView'], 'key' | 'checkpoint'> & {
  entries: readonly { entry: { body: string; index?: number | null }; proof: readonly string[] }[];
};

/** What the browser itself computed from an answer; nothing of it is the server's word. */
export interface Checked {
  checkpoint: Checkpoint | null;
  signed: Signed;
  /** Whether the note's origin is the name of the key. */
  origin: boolean;
  entries: CheckedEntry[];
}

export interface CheckedEntry {
  /** Hex of the leaf's hash. */
  leaf: string;
  /** The path leads to the signed root. */
  included: boolean;
  /** Hex of the root that the path gives. */
  root: string | null;
}

const hashes = (list: readonly string[]): Bytes[] | null => {
  const all = list.map(fromBase64);
  return all.includes(null) ? null : (all as Bytes[]);
};

/** Recomputes leaves, paths and root, and verifies the signature under a key: the auditor's own where he pinned one. */
export async function check(evidence: Evidence, pinned?: string): Promise<Checked> {
  const note = parseNote(evidence.checkpoint);
  const checkpoint = note && parseCheckpoint(note.text);
  const key = await parseKey(pinned ?? evidence.key);
  const entries = await Promise.all(
    evidence.entries.map(async ({ entry, proof }): Promise<CheckedEntry> => {
      const [body, path] = [fromBase64(entry.body), hashes(proof)];
      if (!body || !path || !checkpoint || entry.index == null) return { leaf: '', included: false, root: null };
      const leaf = await leafHash(body);
      const root = await rootOf(entry.index, checkpoint.size, leaf, path);
      return { leaf: toHex(leaf), included: root !== null && toHex(root) === toHex(checkpoint.root), root: root && toHex(root) };
    }),
  );
  return {
    checkpoint,
    signed: note && key ? await signedBy(note, key) : 'bad',
    origin: checkpoint !== null && key !== null && checkpoint.origin === key.name,
    entries,
  };
}

/** Everything fits; a browser without Ed25519 leaves the signature open and is not called sound. */
export const isSound = (checked: Checked): boolean => checked.signed === 'good' && checked.origin && checked.entries.every((entry) => entry.included);
