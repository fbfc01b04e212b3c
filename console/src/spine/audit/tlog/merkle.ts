import { type Bytes, joined, same, sha256 } from './bytes';

const hashSize = 32;

/** RFC 6962 §2.1: SHA-256(0x00 ‖ entry). */
export const leafHash = (entry: Uint8Array): Promise<Bytes> => sha256(joined([0], entry));

const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(joined([1], left, right));

const goodSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;
// Sizes pass 2^31, where the bit operators end.
const isOdd = (n: number): boolean => n % 2 === 1;
const half = (n: number): number => Math.floor(n / 2);

/** The root that a leaf and its path give (RFC 9162 §2.1.3.2); null when the path cannot belong to that leaf. */
export async function rootOf(index: number, size: number, leaf: Bytes, proof: readonly Bytes[]): Promise<Bytes | null> {
  if (!goodSize(index) || !goodSize(size) || index >= size || leaf.length !== hashSize || proof.some((hash) => hash.length !== hashSize)) return null;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return null;
    if (isOdd(at) || at === last) {
      hash = await nodeHash(sibling, hash);
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? hash : null;
}

export async function included(index: number, size: number, leaf: Bytes, proof: readonly Bytes[], root: Uint8Array): Promise<boolean> {
  const made = await rootOf(index, size, leaf, proof);
  return made !== null && same(made, root);
}

/** Whether the smaller tree is a prefix of the larger one (RFC 9162 §2.1.4.2). */
export async function consistent(first: number, second: number, firstRoot: Bytes, secondRoot: Bytes, proof: readonly Bytes[]): Promise<boolean> {
  if (!goodSize(first) || !goodSize(second) || first > second || proof.some((hash) => hash.length !== hashSize)) return false;
  // The empty tree is a prefix of every one: there is nothing to prove, so whoever asks for it has made a mistake.
  if (first === 0) return false;
  if (first === second) return proof.length === 0 && same(firstRoot, secondRoot);
  if (proof.length === 0) return false;
  const isPower = Number.isInteger(Math.log2(first));
  const path = isPower ? [firstRoot, ...proof] : [...proof];
  let [at, last] = [first - 1, second - 1];
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  let [older, newer] = [path[0] as Bytes, path[0] as Bytes];
  for (const hash of path.slice(1)) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      older = await nodeHash(hash, older);
      newer = await nodeHash(hash, newer);
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      newer = await nodeHash(newer, hash);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(older, firstRoot) && same(newer, secondRoot);
}
