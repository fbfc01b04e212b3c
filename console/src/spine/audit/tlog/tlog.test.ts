import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bytes, fromBase64, joined, sha256, toBase64, toHex, utf8 } from './bytes';
import { check, isSound } from './evidence';
import { consistent, included, leafHash } from './merkle';
import { parseCheckpoint, parseKey, parseNote, signedBy } from './note';
import { sample } from './sample';

// Golden vectors of transparency-dev (Apache-2.0); most are tampered, and wantErr tells. Where they are not at hand, the tests below still run.
const folder = [process.env.STRONGROOM_SHARED, '../../shared', '../shared'].map((base) => join(base ?? '', 'data', 'tlog')).find((path) => existsSync(path));

const vectors = (kind: string): Record<string, never>[] =>
  folder
    ? readdirSync(join(folder, 'merkle', kind), { recursive: true, withFileTypes: true })
        .filter((file) => file.name.endsWith('.json'))
        .map((file) => JSON.parse(readFileSync(join(file.parentPath, file.name), 'utf8')))
    : [];

const bytes = (text: string | null): Bytes => fromBase64(text ?? '') ?? new Uint8Array();
const hashes = (list: string[] | null): Bytes[] => (list ?? []).map(bytes);

describe.skipIf(!folder)('golden vectors from shared/data/tlog', () => {
  it('inclusion', async () => {
    const all = vectors('inclusion') as unknown as {
      leafIdx: number;
      treeSize: number;
      root: string;
      leafHash: string;
      proof: string[];
      wantErr: boolean;
      desc: string;
    }[];
    expect(all.length).toBeGreaterThan(50);
    for (const one of all)
      expect(
        await included(one.leafIdx, one.treeSize, bytes(one.leafHash), hashes(one.proof), bytes(one.root)),
        `${one.leafIdx} ${one.treeSize} ${one.desc}`,
      ).toBe(!one.wantErr);
  });

  it('consistency', async () => {
    const all = vectors('consistency') as unknown as {
      size1: number;
      size2: number;
      root1: string;
      root2: string;
      proof: string[];
      wantErr: boolean;
      desc: string;
    }[];
    expect(all.length).toBeGreaterThan(50);
    for (const one of all)
      expect(await consistent(one.size1, one.size2, bytes(one.root1), bytes(one.root2), hashes(one.proof)), `${one.size1} ${one.size2} ${one.desc}`).toBe(
        !one.wantErr,
      );
  });

  it('signed checkpoints parse', () => {
    const files = readdirSync(join(folder as string, 'tessera')).filter((name) => name.startsWith('checkpoint'));
    expect(files.length).toBeGreaterThan(10);
    for (const name of files) {
      const note = parseNote(readFileSync(join(folder as string, 'tessera', name), 'utf8'));
      expect(parseCheckpoint(note?.text ?? '')?.root.length, name).toBe(32);
    }
  });
});

async function signer(name: string) {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const encoded = joined([1], new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  const keyId = (await sha256(joined(utf8(`${name}\n`), encoded))).slice(0, 4);
  const note = async (text: string) => {
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, utf8(text)));
    return `${text}\n— ${name} ${toBase64(joined(keyId, signature))}\n`;
  };
  return { key: `${name}+${toHex(keyId)}+${toBase64(encoded)}`, note };
}

describe('notes', () => {
  it('are believed under the right key alone, and altered ones never', async () => {
    const [ours, theirs] = [await signer('log.example'), await signer('other.example')];
    const root = toBase64(await sha256(utf8('x')));
    const text = `log.example\n18300\n${root}\n`;
    const note = parseNote(await ours.note(text));
    const key = await parseKey(ours.key);
    const other = await parseKey(theirs.key);
    if (!note || !key || !other) throw new Error('the note and both keys parse');
    expect(parseCheckpoint(note.text)).toMatchObject({ origin: 'log.example', size: 18300 });
    expect(await signedBy(note, key)).toBe('good');
    expect(await signedBy(note, other)).toBe('other-key');
    expect(await signedBy({ ...note, text: text.replace('18300', '18301') }, key)).toBe('bad');
  });

  it('of another shape are refused', async () => {
    const { note, key } = await signer('log.example');
    const good = await note('log.example\n1\nAAAA\n');
    for (const bad of [
      good.trimEnd(),
      good.replace('— ', '- '),
      good.replace('\n\n', '\n'),
      `${good}\n`,
      good.replace('log.example\n', 'log\texample\n'),
      good.replace(/=*\n$/, '!\n'),
    ])
      expect(parseNote(bad), JSON.stringify(bad)).toBeNull();
    for (const text of ['o\n01\nAAAA\n', 'o\n1\nAAAA\n', 'o\n-1\n\n', 'o\n1\n']) expect(parseCheckpoint(text)).toBeNull();
    expect(await parseKey(key.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toBeNull();
  });
});

describe('evidence', () => {
  it('is sound as it is, and not with one bit of leaf, path, position or key changed', async () => {
    const { key, note } = await signer('log.example');
    const bodies = ['a', 'b', 'c'].map(utf8);
    const [a, b, c] = (await Promise.all(bodies.map(leafHash))) as [Bytes, Bytes, Bytes];
    const ab = await sha256(joined([1], a, b));
    const root = await sha256(joined([1], ab, c));
    const evidence = {
      key,
      checkpoint: await note(`log.example\n3\n${toBase64(root)}\n`),
      entries: [
        { entry: { body: toBase64(utf8('b')), index: 1 }, proof: [toBase64(a), toBase64(c)] },
        { entry: { body: toBase64(utf8('c')), index: 2 }, proof: [toBase64(ab)] },
      ],
    };
    const [first, second] = evidence.entries as [(typeof evidence.entries)[0], (typeof evidence.entries)[0]];
    expect(isSound(await check(evidence))).toBe(true);
    expect(isSound(await check({ ...evidence, entries: [{ ...first, entry: { ...first.entry, body: toBase64(utf8('B')) } }] }))).toBe(false);
    expect(isSound(await check({ ...evidence, entries: [{ ...first, proof: [...first.proof].reverse() }] }))).toBe(false);
    expect(isSound(await check({ ...evidence, entries: [{ ...second, entry: { ...second.entry, index: 1 } }] }))).toBe(false);
    expect(isSound(await check({ ...evidence, entries: [{ ...second, entry: { ...second.entry, index: null } }] }))).toBe(false);
    expect(isSound(await check(evidence, (await signer('log.example')).key))).toBe(false);
  });
});

describe('sampling', () => {
  it('draws the same positions from the same seed, each once', async () => {
    const drawn = await sample('2026-Q4', 18_300, 25);
    expect(drawn).toEqual(await sample('2026-Q4', 18_300, 25));
    expect(new Set(drawn).size).toBe(25);
    expect(drawn).not.toEqual(await sample('2026-Q3', 18_300, 25));
    expect(await sample('x', 3, 10)).toEqual([0, 1, 2]);
    // One draw by hand, as README.md says it: SHA-256("2026-Q40") and so on.
    const digest = await sha256(utf8('2026-Q40'));
    expect(drawn).toContain(Number.parseInt(toHex(digest.slice(0, 6)), 16) % 18_300);
  });
});
