import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { ProblemNote } from '../../shell/Problem';
import { exactly } from '../../shell/time';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { PinnedKey } from './PinnedKey';
import { usePinned } from './pinned';
import { type Bytes, fromBase64 } from './tlog/bytes';
import { consistent } from './tlog/merkle';
import { parseCheckpoint, parseKey, parseNote, signedBy } from './tlog/note';
import './audit.css';
import { Pager } from '../../shell/Pager';

const words = defineWords(
  'checkpoints',
  {
    title: '检查点',
    hint: '每个检查点用签名固定住那一刻的整份日志。后一个检查点必须包含前一个:一致性证明说明期间只有追加,没有改写。',
    size: '条数',
    at: '时间',
    root: '根',
    mine: '从这个检查点起证明',
    mineLabel: '您以前保存的检查点(整段文字)',
    mineBad: '这不是一份检查点,或不是这把公钥签的。',
    prove: '证明一致性',
    working: '正在浏览器里复算……',
    good: '✓ 第 {{first}} 条以前的日志原样包含在 #{{second}} 中,之后只有追加',
    bad: '✕ 不一致:#{{first}} 之前的内容与 #{{second}} 对不上。请保留两份检查点并报告安全部门。',
    unsigned: '✕ 有一份检查点的签名核验不通过。',
    save: '保存这份检查点',
    none: '还没有检查点。',
    independent: '保存的检查点可以交给离线核验:strongroom verify 目录 --key 公钥 --trusted 检查点文件。那才是独立的证明。',
  },
  {
    title: 'Checkpoints',
    hint: 'A checkpoint fixes the whole log of its moment by a signature. Each later one must contain the earlier: the consistency proof shows that the log only grew and nothing was rewritten.',
    size: 'Entries',
    at: 'When',
    root: 'Root',
    mine: 'Prove from this one',
    mineLabel: 'A checkpoint you kept (the whole text)',
    mineBad: 'This is no checkpoint, or not signed by this key.',
    prove: 'Prove consistency',
    working: 'Computing in your browser …',
    good: '✓ The log as of {{first}} entries is contained unaltered in #{{second}}; it only grew since',
    bad: '✕ Not consistent: what stood before #{{first}} does not agree with #{{second}}. Keep both checkpoints and tell the security desk.',
    unsigned: '✕ The signature of a checkpoint does not verify.',
    save: 'Save this checkpoint',
    none: 'No checkpoint yet.',
    independent: 'A kept checkpoint can be handed to the offline verifier: strongroom verify FOLDER --key KEY --trusted FILE. That is the independent proof.',
  },
);

interface Told {
  kind: 'good' | 'bad' | 'unsigned';
  first: number;
  second: number;
}

async function prove(older: string, newer: string, keyText: string): Promise<Told> {
  const [key, from, to] = [await parseKey(keyText), parseNote(older), parseNote(newer)];
  const [first, second] = [from && parseCheckpoint(from.text), to && parseCheckpoint(to.text)];
  const sizes = { first: first?.size ?? 0, second: second?.size ?? 0 };
  if (!key || !from || !to || !first || !second || (await signedBy(from, key)) !== 'good' || (await signedBy(to, key)) !== 'good')
    return { kind: 'unsigned', ...sizes };
  if (first.size > second.size) return { kind: 'bad', ...sizes };
  const answer = await call(() => api.GET('/v1/audit/consistency', { params: { query: { first: first.size, second: second.size } } }));
  const path = answer.proof.map(fromBase64);
  const good = !path.includes(null) && (await consistent(first.size, second.size, first.root, second.root, path as Bytes[]));
  return { kind: good ? 'good' : 'bad', ...sizes };
}

function save(note: Schemas['CheckpointView']): void {
  const address = URL.createObjectURL(new Blob([note.note], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `checkpoint-${note.size}`;
  link.click();
  URL.revokeObjectURL(address);
}

/** The history of signed heads, and the proof that a later one contains an earlier one, the auditor's own included. */
export default function Checkpoints() {
  const say = useWords(words);
  const language = useLanguage();
  const pinned = usePinned();
  const id = useId();
  const [address] = useSearchParams();
  const below = Number(address.get('below')) || undefined;
  const [mine, setMine] = useState('');
  const [told, setTold] = useState<Told | 'working' | null>(null);
  // Where the hand is: the line that was asked for, or null for the auditor's own text.
  const [from, setFrom] = useState<number | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const asked = useQuery({
    queryKey: ['checkpoints', below ?? 0],
    queryFn: () => call(() => api.GET('/v1/audit/checkpoints', { params: { query: below ? { below } : {} } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const run = async (older: string, line: number | null) => {
    setFrom(line);
    setTold('working');
    setFault(null);
    try {
      const newest = await call(() => api.GET('/v1/audit/checkpoints'));
      setTold(await prove(older, newest.checkpoints[0]?.note ?? '', pinned || newest.key));
    } catch (thrown) {
      setTold(null);
      setFault(thrown);
    }
  };
  const outcome = (
    <div role="status">
      {told === 'working' && <span className="quiet">{say('working')}</span>}
      {told && told !== 'working' && (
        <strong className={told.kind === 'good' ? 'good' : 'bad'}>{say(told.kind, { first: told.first, second: told.second })}</strong>
      )}
      {fault !== null && <ProblemNote fault={fault} />}
    </div>
  );
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet prose">{say('hint')}</p>
      <section className="panel stack" aria-label={say('prove')}>
        <PinnedKey told={asked.data?.key} />
        <div className="field">
          <label htmlFor={`${id}mine`}>{say('mineLabel')}</label>
          <Input.TextArea
            id={`${id}mine`}
            rows={4}
            value={mine}
            onChange={(event) => setMine(event.target.value)}
            maxLength={20_000}
            spellCheck={false}
            className="mono"
          />
        </div>
        <Button disabled={mine.trim() === ''} onClick={() => void run(`${mine.trim()}\n`, null)}>
          {say('prove')}
        </Button>
        {from === null && outcome}
        <p className="quiet">{say('independent')}</p>
      </section>
      <Listing asked={asked} isEmpty={(page) => page.checkpoints.length === 0} empty={say('none')}>
        {(page) => (
          <section className="panel stack" aria-label={say('title')}>
            <table className="entries checkpoints">
              <thead>
                <tr>
                  <th scope="col">{say('size')}</th>
                  <th scope="col">{say('at')}</th>
                  <th scope="col">{say('root')}</th>
                  <th scope="col">
                    <span className="hidden-from-sight">{say('prove')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {page.checkpoints.map((one) => (
                  <tr key={one.size}>
                    <td className="num">#{one.size}</td>
                    <td className="num">{exactly(one.at, language)}</td>
                    <td>
                      <code title={one.root}>{one.root.slice(0, 12)}…</code>
                    </td>
                    <td>
                      <Button size="small" type="link" onClick={() => void run(one.note, one.size)}>
                        {say('mine')}
                      </Button>
                      <Button size="small" type="link" onClick={() => save(one)}>
                        {say('save')}
                      </Button>
                      {from === one.size && outcome}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <Pager first={below ? '' : null} next={page.next ? `below=${page.next}` : null} />
          </section>
        )}
      </Listing>
    </>
  );
}
