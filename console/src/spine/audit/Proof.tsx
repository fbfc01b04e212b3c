import { Button } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { defineWords, useWords } from '../../shell/words';
import { bundleOf, download } from './bundle';
import { PinnedKey } from './PinnedKey';
import { usePinned } from './pinned';
import { type Checked, check, isSound } from './tlog/evidence';
import { parseNote } from './tlog/note';

export const proofWords = defineWords(
  'proof',
  {
    title: '证明',
    working: '正在浏览器里复算……',
    sound: '✓ 这条内容在已签名的日志里,一字未改',
    soundMany: '✓ 这 {{n}} 条都在已签名的日志里,一字未改',
    broken: '✕ 证明不成立。请保留证据包,用离线核验工具复核,并报告安全部门。',
    open: '◑ 路径成立,但签名没有核验',
    leaf: '叶',
    nodes: '{{n}} 个节点',
    root: '根',
    checkpoint: '检查点 #{{size}}',
    good: '签名 ✓',
    bad: '签名 ✕',
    'other-key': '不是这把公钥签的 ✕',
    unsupported: '这个浏览器没有 Ed25519,签名未核验',
    others: '另有 {{n}} 个见证签名,未核验',
    again: '重新取证并复算',
    download: '下载证据包',
    independent: '以上由您的浏览器复算,但页面本身来自这台服务器。独立的证明是离线核验:用您自己保存的公钥,在您自己的机器上运行 strongroom verify。',
  },
  {
    title: 'Proof',
    working: 'Computing in your browser …',
    sound: '✓ This entry is in the signed log, unaltered',
    soundMany: '✓ All {{n}} entries are in the signed log, unaltered',
    broken: '✕ The proof does not hold. Keep the evidence file, check it with the offline verifier, and tell the security desk.',
    open: '◑ The path holds, but the signature was not verified',
    leaf: 'leaf',
    nodes: '{{n}} nodes',
    root: 'root',
    checkpoint: 'checkpoint #{{size}}',
    good: 'signature ✓',
    bad: 'signature ✕',
    'other-key': 'not signed by this key ✕',
    unsupported: 'this browser has no Ed25519; signature not verified',
    others: '{{n}} more signatures by witnesses, not verified',
    again: 'Fetch and compute again',
    download: 'Download evidence',
    independent:
      'Your browser computed this, but the page came from this server. The independent proof is the offline verifier: run strongroom verify on your own machine with the key you kept.',
  },
);

type Evidence = Schemas['EvidenceView'];

/** One word for what was computed: good, bad, or open where the browser cannot verify signatures. */
export function Verdict({ checked, many }: { checked: Checked; many?: number }) {
  const say = useWords(proofWords);
  const fits = checked.origin && checked.entries.every((entry) => entry.included);
  if (isSound(checked)) return <strong className="good">{many === undefined ? say('sound') : say('soundMany', { n: many })}</strong>;
  return fits && checked.signed === 'unsupported' ? <strong className="warn">{say('open')}</strong> : <strong className="bad">{say('broken')}</strong>;
}

export function CheckpointLine({ checked, note }: { checked: Checked; note: string }) {
  const say = useWords(proofWords);
  const others = Math.max(0, (parseNote(note)?.signatures.length ?? 1) - 1);
  return (
    <span className="num">
      {checked.checkpoint && say('checkpoint', { size: checked.checkpoint.size })} (
      <span className={checked.signed === 'good' ? 'good' : checked.signed === 'unsupported' ? 'warn' : 'bad'}>{say(checked.signed)}</span>
      {others > 0 && ` · ${say('others', { n: others })}`})
    </span>
  );
}

/** The entry's inclusion proof, computed here from the leaf's bytes to the signed root. */
export function Proof({ id }: { id: string }) {
  const say = useWords(proofWords);
  const pinned = usePinned();
  const [evidence, setEvidence] = useState<Evidence | null>(null);
  const [checked, setChecked] = useState<Checked | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const load = useCallback(async () => {
    setFault(null);
    setEvidence(null);
    setChecked(null);
    try {
      setEvidence(await call(() => api.POST('/v1/audit/evidence', { body: { ids: [id] } })));
    } catch (thrown) {
      setFault(thrown);
    }
  }, [id]);
  useEffect(() => void load(), [load]);
  useEffect(() => {
    let left = false;
    if (evidence) check(evidence, pinned || undefined).then((made) => !left && setChecked(made), setFault);
    return () => {
      left = true;
    };
  }, [evidence, pinned]);
  const one = checked?.entries[0];
  return (
    <section className="panel stack proof" aria-labelledby="proof-title">
      <h2 id="proof-title">{say('title')}</h2>
      {fault !== null && <ProblemNote fault={fault} onAgain={() => void load()} />}
      <div role="status" className="stack">
        {fault === null && !checked && <p className="quiet">{say('working')}</p>}
        {checked && evidence && one && (
          <>
            <p>
              <Verdict checked={checked} />
            </p>
            <p className="row wrap chain">
              <span>
                {say('leaf')} <code title={one.leaf}>{one.leaf.slice(0, 12)}…</code>
              </span>
              <span aria-hidden="true">→</span>
              <span className="num">{say('nodes', { n: evidence.entries[0]?.proof.length ?? 0 })}</span>
              <span aria-hidden="true">→</span>
              <span>
                {say('root')} <code title={one.root ?? ''}>{one.root?.slice(0, 12) ?? '—'}…</code>
              </span>
              <span aria-hidden="true">{one.included ? '=' : '≠'}</span>
              <CheckpointLine checked={checked} note={evidence.checkpoint} />
            </p>
            <p className="row wrap">
              <Button onClick={() => void load()}>{say('again')}</Button>
              <Button onClick={() => void download(bundleOf(evidence, null))}>{say('download')}</Button>
            </p>
          </>
        )}
      </div>
      <PinnedKey told={evidence?.key} />
      <p className="quiet">{say('independent')}</p>
    </section>
  );
}
