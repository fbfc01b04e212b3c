import { sha256, utf8 } from './bytes';

/**
 * n different positions of a tree of the given size, ascending, that anybody can derive again: the first 6 bytes (big-endian) of
 * SHA-256(seed ‖ i), i = 0, 1, 2 … in decimal, modulo size; repetitions are passed over. The bias is below size / 2^48.
 */
export async function sample(seed: string, size: number, n: number): Promise<number[]> {
  const chosen = new Set<number>();
  const wanted = Math.min(n, size);
  for (let i = 0; chosen.size < wanted; i++) {
    const digest = await sha256(utf8(`${seed}${i}`));
    chosen.add(digest.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0) % size);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** A seed nobody chose: 16 random bytes in hex. */
export const freshSeed = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
