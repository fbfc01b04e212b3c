import type { Schemas } from '../../api/client';
import { save } from '../../shell/file';
import { sha256, toHex, utf8 } from './tlog/bytes';

/** Evidence as a file (docs/evidence.md): leaves, proofs and the signed checkpoint; no note beside an entry and nothing personal. */
export interface Bundle {
  format: 'strongroom-evidence/1';
  /** As the server said it; whoever checks uses the key that he pinned. */
  key: string;
  checkpoint: string;
  sample: { seed: string; size: number; n: number } | null;
  entries: { id: string; index: number; body: string; proof: string[] }[];
}

export const bundleOf = (evidence: Schemas['EvidenceView'], sample: Bundle['sample']): Bundle => ({
  format: 'strongroom-evidence/1',
  key: evidence.key,
  checkpoint: evidence.checkpoint,
  sample,
  entries: evidence.entries.map(({ entry, proof }) => ({ id: entry.id, index: entry.index ?? -1, body: entry.body, proof })),
});

/** Hands the bundle to the browser as a file named by its own digest. */
export async function download(bundle: Bundle): Promise<void> {
  const text = `${JSON.stringify(bundle, null, 1)}\n`;
  const name = toHex(await sha256(utf8(text))).slice(0, 12);
  save(`strongroom-evidence-${name}.json`, text);
}
