import { Button, Input, InputNumber } from 'antd';
import { useId, useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { defineWords, useWords } from '../../shell/words';
import { bundleOf, download } from './bundle';
import { EntryTable } from './EntryLine';
import { PinnedKey } from './PinnedKey';
import { CheckpointLine, proofWords, Verdict } from './Proof';
import { usePinned } from './pinned';
import { type Checked, check } from './tlog/evidence';
import { parseCheckpoint, parseNote } from './tlog/note';
import { freshSeed, sample } from './tlog/sample';
import './audit.css';

const words = defineWords(
  'sample',
  {
    title: '抽样检查',
    hint: '按种子从日志里抽取条目。谁拿到同样的种子和条数,都会抽到同样的条目:位置 = SHA-256(种子‖i) 的前 6 字节,对条数取余,重复的跳过。',
    seed: '种子',
    seedHint: '换成您自己定的、被查方事先不知道的字样更有说服力。不要写入个人信息:它会出现在地址里。',
    seedBad: '种子只用字母、数字、点和连字符,至多 64 个字符,并且至少含一个字母。',
    fresh: '随机种子',
    size: '日志条数',
    sizeHint: '留空取当前检查点的条数;复查时填原来的数。',
    n: '抽取几条',
    draw: '抽取',
    drawn: '种子 {{seed}} · 前 {{size}} 条中抽 {{n}} 条',
    empty: '日志还没有检查点。',
    download: '下载证据包',
  },
  {
    title: 'Sampling',
    hint: 'Draws entries of the log by a seed. Whoever has the same seed and size draws the same entries: position = the first 6 bytes of SHA-256(seed‖i), modulo size; repetitions are passed over.',
    seed: 'Seed',
    seedHint: 'A word of your own that nobody could foresee convinces more. No personal information: it stands in the address.',
    seedBad: 'Letters, digits, dots and hyphens only, at most 64, and at least one letter.',
    fresh: 'Random seed',
    size: 'Entries in the log',
    sizeHint: 'Empty: as many as the newest checkpoint says. To repeat a draw, give its number.',
    n: 'How many',
    draw: 'Draw',
    drawn: 'Seed {{seed}} · {{n}} of the first {{size}} entries',
    empty: 'The log has no checkpoint yet.',
    download: 'Download evidence',
  },
);

const isSeed = (seed: string): boolean => /^(?=.*[A-Za-z])[A-Za-z0-9.-]{1,64}$/.test(seed);

interface Drawn {
  seed: string;
  size: number;
  n: number;
  evidence: Schemas['EvidenceView'];
  checked: Checked;
}

/** A sample anybody can draw again, with every entry proved. */
export default function Sample() {
  const say = useWords(words);
  const tellProof = useWords(proofWords);
  const id = useId();
  const pinned = usePinned();
  const [address, setAddress] = useSearchParams();
  // A seed somebody chose has a letter; a random one of digits alone would be refused, so it gets one.
  const [seed, setSeed] = useState(() => address.get('seed') ?? `s${freshSeed()}`);
  const [size, setSize] = useState<number | null>(Number(address.get('size')) || null);
  const [n, setN] = useState(Math.min(200, Number(address.get('n')) || 25));
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [empty, setEmpty] = useState(false);
  const good = isSeed(seed);
  const draw = async () => {
    setBusy(true);
    setFault(null);
    setDrawn(null);
    setEmpty(false);
    try {
      const heads = await call(() => api.GET('/v1/audit/checkpoints'));
      const note = parseNote(heads.checkpoints[0]?.note ?? '');
      const newest = (note && parseCheckpoint(note.text))?.size ?? 0;
      const over = Math.min(size ?? newest, newest);
      if (over === 0) {
        setEmpty(true);
        return;
      }
      setAddress({ seed, size: String(over), n: String(n) }, { replace: true });
      const indices = await sample(seed, over, n);
      const evidence = await call(() => api.POST('/v1/audit/evidence', { body: { indices } }));
      setDrawn({ seed, size: over, n: indices.length, evidence, checked: await check(evidence, pinned || undefined) });
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet prose">{say('hint')}</p>
      <form
        className="panel stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (good) void draw();
        }}
      >
        <div className="fields">
          <div className="field">
            <label htmlFor={`${id}seed`}>{say('seed')}</label>
            <Input
              id={`${id}seed`}
              value={seed}
              onChange={(event) => setSeed(event.target.value.trim())}
              maxLength={64}
              spellCheck={false}
              autoComplete="off"
              aria-describedby={`${id}seed-hint`}
              {...(!good && { status: 'error' as const, 'aria-invalid': true })}
            />
            <span id={`${id}seed-hint`} className={good ? 'quiet' : 'bad'}>
              {good ? say('seedHint') : say('seedBad')}
            </span>
          </div>
          <div className="field">
            <label htmlFor={`${id}n`}>{say('n')}</label>
            <InputNumber id={`${id}n`} min={1} max={200} precision={0} value={n} onChange={(next) => setN(next ?? 25)} />
          </div>
          <div className="field">
            <label htmlFor={`${id}size`}>{say('size')}</label>
            <InputNumber id={`${id}size`} min={1} precision={0} value={size} onChange={setSize} aria-describedby={`${id}size-hint`} />
            <span id={`${id}size-hint`} className="quiet">
              {say('sizeHint')}
            </span>
          </div>
        </div>
        <div className="row wrap">
          <Button type="primary" htmlType="submit" loading={busy} disabled={!good}>
            {say('draw')}
          </Button>
          <Button onClick={() => setSeed(`s${freshSeed()}`)}>{say('fresh')}</Button>
        </div>
        <PinnedKey told={drawn?.evidence.key} />
      </form>
      {fault !== null && <ProblemNote fault={fault} onAgain={() => void draw()} />}
      {empty && <p className="quiet empty">{say('empty')}</p>}
      {drawn && (
        <section className="panel stack" aria-label={say('title')}>
          <p className="num">{say('drawn', { seed: drawn.seed, size: drawn.size, n: drawn.n })}</p>
          <p role="status" className="row wrap">
            <Verdict checked={drawn.checked} many={drawn.n} />
            <CheckpointLine checked={drawn.checked} note={drawn.evidence.checkpoint} />
            <span className="spread" />
            <Button onClick={() => void download(bundleOf(drawn.evidence, { seed: drawn.seed, size: drawn.size, n: drawn.n }))}>{say('download')}</Button>
          </p>
          <EntryTable
            entries={drawn.evidence.entries.map((one) => one.entry)}
            marks={(entry) => {
              const at = drawn.evidence.entries.findIndex((one) => one.entry.id === entry.id);
              return drawn.checked.entries[at]?.included ? <span className="good">✓</span> : <span className="bad">✕</span>;
            }}
          />
          <p className="quiet">{tellProof('independent')}</p>
        </section>
      )}
    </>
  );
}
