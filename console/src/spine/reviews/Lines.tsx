import { useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { ReasonForm } from '../../shell/ReasonForm';
import { Rows } from '../../shell/Rows';
import { companyDayEnd, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { Who } from '../identity/Who';
import { awaits, type Campaign, type Line, mayConfirmTogether, needsReason, unusedFirst } from './lines';
import { reviewWords } from './reviewWords';
import { RightWords, UseWords, useRightName } from './rightWords';

const words = defineWords(
  'access-review-line',
  {
    list: '权限',
    choose: '选中',
    about: '{{act}}:{{right}}',
    right: '谁有什么权限',
    use: '使用情况',
    state: '决定',
    own: '关于您自己,由别人决定',
    confirm: '确认',
    reduce: '减少…',
    revoke: '撤销…',
    why: '为什么撤销',
    whyKeep: '90 天没用过,为什么保留',
    whyReduce: '为什么减少',
    goConfirm: '确认保留',
    goRevoke: '撤销,立即生效',
    goReduce: '减少,立即生效',
    until: '新的截止日',
    items: '保留这些信息项',
    chosen: '已选 {{count}} 项',
    together: '其中有 L3 及以上的权限,须逐项确认;可以一起撤销。',
    none: '取消选择',
    by: '{{when}}',
  },
  {
    list: 'Rights',
    choose: 'Choose',
    about: '{{act}}: {{right}}',
    right: 'Who may do what',
    use: 'Use',
    state: 'Decision',
    own: 'About yourself: somebody else decides',
    confirm: 'Confirm',
    reduce: 'Reduce…',
    revoke: 'Revoke…',
    why: 'Why it is revoked',
    whyKeep: 'Unused for 90 days: why it stays',
    whyReduce: 'Why it is reduced',
    goConfirm: 'Confirm it',
    goRevoke: 'Revoke, at once',
    goReduce: 'Reduce, at once',
    until: 'New end',
    items: 'Items it keeps',
    chosen: '{{count}} chosen',
    together: 'Some are L3 or above: those are confirmed one by one. They can be revoked together.',
    none: 'Choose none',
    by: '{{when}}',
  },
);

type Verdict = Schemas['LineVerdict'];
interface Asking {
  lines: string[];
  verdict: Verdict;
}

/** Lines of a review. What nobody used in 90 days comes first and has “revoke” chosen beforehand. */
export function Lines({ campaign, lines }: { campaign: Campaign; lines: readonly Line[] }) {
  const say = useWords(words);
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Asking | null>(null);
  const name = useRightName();
  const open = campaign.state !== 'closed';
  const free = (line: Line) => open && awaits(line) && line.person !== me.session.person;
  const of = (ids: readonly string[]) => lines.filter((line) => ids.includes(line.id));
  const decide = (ids: string[], decision: Omit<Schemas['LinesDecision'], 'lines'>) =>
    run(async () => {
      setAsking({ lines: ids, verdict: decision.verdict });
      await call(() => api.POST('/v1/access-reviews/{id}/decide', { params: { path: { id: campaign.id } }, body: { lines: ids, ...decision } }));
      setAsking(null);
      setChosen(new Set());
      await Promise.all(['access-review', 'access-review-lines', 'access-reviews', 'todo'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  const begin = (ids: string[], verdict: Verdict) =>
    verdict === 'confirm' && !needsReason(verdict, of(ids)) ? void decide(ids, { verdict }) : setAsking({ lines: ids, verdict });
  const picked = lines.filter((line) => chosen.has(line.id));
  const form = (ids: string[]) =>
    asking && asking.lines.length === ids.length && asking.lines.every((id) => ids.includes(id)) ? (
      <div className="stack">
        {fault !== null && <ProblemNote fault={fault} />}
        {asking.verdict === 'reduce' ? (
          <Reduce line={of(ids)[0] as Line} busy={busy} onLeave={() => setAsking(null)} onSend={(body) => void decide(ids, body)} />
        ) : (
          <ReasonForm
            key={asking.verdict}
            label={say(asking.verdict === 'revoke' ? 'why' : 'whyKeep')}
            go={say(asking.verdict === 'revoke' ? 'goRevoke' : 'goConfirm')}
            danger={asking.verdict === 'revoke'}
            busy={busy}
            needed={needsReason(asking.verdict, of(ids))}
            onLeave={() => setAsking(null)}
            onSend={(reason) => void decide(ids, { verdict: asking.verdict, ...(reason && { reason }) })}
          />
        )}
      </div>
    ) : null;
  return (
    <>
      <Rows<Line>
        label={say('list')}
        rows={unusedFirst(lines)}
        id={(line) => line.id}
        marked={(line) => free(line) && line.preset === 'revoke'}
        columns={[
          open && {
            key: 'choose',
            title: say('choose'),
            unseen: true,
            plain: true,
            wide: true,
            cell: (line) =>
              free(line) && (
                <Checkbox
                  checked={chosen.has(line.id)}
                  aria-label={say('about', { act: say('choose'), right: name(line) })}
                  onChange={(event) => setChosen(new Set(event.target.checked ? [...chosen, line.id] : [...chosen].filter((id) => id !== line.id)))}
                />
              ),
          },
          { key: 'right', title: say('right'), plain: true, cell: (line) => <RightWords right={line} /> },
          {
            key: 'use',
            title: say('use'),
            plain: true,
            cell: (line) => <UseWords lastUse={line.lastUse} uses={line.uses} lapsed={line.preset === 'revoke'} from={line.from} />,
          },
          {
            key: 'state',
            title: say('state'),
            plain: true,
            cell: (line) =>
              free(line) ? (
                <Acts line={line} name={name(line)} busy={busy} begin={(verdict) => begin([line.id], verdict)} />
              ) : (
                <Decided line={line} own={open && awaits(line)} />
              ),
          },
        ]}
        below={(line) => form([line.id])}
      />
      {picked.length > 1 && (
        <div className="chosen-lines stack">
          <div className="row wrap">
            <strong className="num">{say('chosen', { count: picked.length })}</strong>
            {!mayConfirmTogether(picked) && <span className="quiet">{say('together')}</span>}
            <span className="spread" />
            <Button onClick={() => setChosen(new Set())}>{say('none')}</Button>
            <Button disabled={!mayConfirmTogether(picked)} onClick={() => begin([...chosen], 'confirm')}>
              {say('confirm')}
            </Button>
            <Button danger onClick={() => begin([...chosen], 'revoke')}>
              {say('revoke')}
            </Button>
          </div>
          {form([...chosen])}
        </div>
      )}
    </>
  );
}

function Acts({ line, name, busy, begin }: { line: Line; name: string; busy: boolean; begin: (verdict: Verdict) => void }) {
  const say = useWords(words);
  const about = (verdict: Verdict) => say('about', { act: say(verdict), right: name });
  const unused = line.preset === 'revoke';
  return (
    <div className="acts-cell start">
      <Button size="small" disabled={busy} aria-label={about('confirm')} onClick={() => begin('confirm')}>
        {say('confirm')}
      </Button>
      {(line.kind === 'post' || line.kind === 'authorisation') && (
        <Button size="small" disabled={busy} aria-label={about('reduce')} onClick={() => begin('reduce')}>
          {say('reduce')}
        </Button>
      )}
      <Button size="small" danger={unused} disabled={busy} aria-label={about('revoke')} onClick={() => begin('revoke')}>
        {say('revoke')}
      </Button>
    </div>
  );
}

function Decided({ line, own }: { line: Line; own: boolean }) {
  const say = useWords(words);
  const states = useWords(reviewWords);
  const language = useLanguage();
  const tone = line.state === 'revoked' ? 'bad' : line.state === 'confirmed' ? 'good' : 'warn';
  return (
    <>
      <span className={tone}>{states(line.state)}</span>{' '}
      {line.decider && (
        <span className="quiet num">
          <Who id={line.decider} /> {line.decided != null && say('by', { when: when(line.decided, language) })}
        </span>
      )}
      {own && <div className="quiet">{say('own')}</div>}
      {line.reason && <div>{line.reason}</div>}
    </>
  );
}

/** A post gets a nearer end, an authorisation fewer items. */
function Reduce({
  line,
  busy,
  onSend,
  onLeave,
}: {
  line: Line;
  busy: boolean;
  onSend: (body: Omit<Schemas['LinesDecision'], 'lines'>) => void;
  onLeave: () => void;
}) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const [until, setUntil] = useState('');
  const all = line.items as string[];
  const [items, setItems] = useState<string[]>(all);
  const name = (key: string) => tell(me.words.items.find((one) => one.key === key) ?? { zh: key, en: key });
  const ready = line.kind === 'post' ? until !== '' : items.length > 0 && items.length < all.length;
  return (
    <ReasonForm
      label={say('whyReduce')}
      go={say('goReduce')}
      busy={busy}
      ready={ready}
      onLeave={onLeave}
      onSend={(reason) => onSend({ verdict: 'reduce', reason, ...(line.kind === 'post' ? { until: companyDayEnd(until) } : { items: items as never }) })}
    >
      {line.kind === 'post' ? (
        <label className="row wrap" htmlFor="reduce-until">
          {say('until')}{' '}
          <Input id="reduce-until" type="date" className="num month" autoFocus value={until} onChange={(event) => setUntil(event.target.value)} />
        </label>
      ) : (
        <Select
          autoFocus
          mode="multiple"
          aria-label={say('items')}
          value={items}
          onChange={setItems}
          options={all.map((key) => ({ value: key, label: name(key) }))}
          className="lead"
        />
      )}
    </ReasonForm>
  );
}
