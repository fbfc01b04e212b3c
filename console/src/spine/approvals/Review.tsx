import { Button, Input, Radio } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { type Approval, Countdown } from './shared';

const words = defineWords(
  'approvals-review',
  {
    title: '应急事后复核',
    hint: '复核完成之前,申请人不能再次应急打开。',
    verdict: '结论',
    justified: '属实,当时确有必要',
    misused: '不当使用',
    note: '核对了什么、结论依据',
    send: '提交复核',
  },
  {
    title: 'Review of the emergency',
    hint: 'Until it is reviewed, the requester cannot open another one.',
    verdict: 'Finding',
    justified: 'Justified: it was needed',
    misused: 'Misused',
    note: 'What you checked and why you conclude so',
    send: 'Submit the review',
  },
);

type Verdict = Schemas['ReviewVerdict'];

/** Break-glass is nobody's decision at the time, so somebody answers for it afterwards (domain.md §4). */
export function Review({ approval, take }: { approval: Approval; take: (next: Approval) => void }) {
  const say = useWords(words);
  const { fault, busy, run } = useRun();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [note, setNote] = useState('');
  return (
    <form
      className="stack"
      aria-label={say('title')}
      onSubmit={(event) => {
        event.preventDefault();
        if (verdict)
          void run(async () =>
            take(await call(() => api.POST('/v1/approvals/{id}/review', { params: { path: { id: approval.id } }, body: { verdict, note: note.trim() } }))),
          );
      }}
    >
      <div className="row">
        <h2>{say('title')}</h2>
        <span className="spread" />
        {approval.reviewUntil != null && <Countdown until={approval.reviewUntil} />}
      </div>
      <p className="quiet">{say('hint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Radio.Group
        className="presets"
        aria-label={say('verdict')}
        value={verdict}
        onChange={(event) => setVerdict(event.target.value as Verdict)}
        options={(['justified', 'misused'] as const).map((one) => ({ value: one, label: say(one) }))}
      />
      <Input.TextArea
        value={note}
        onChange={(event) => setNote(event.target.value)}
        aria-label={say('note')}
        placeholder={say('note')}
        maxLength={2000}
        rows={2}
      />
      <Button type="primary" htmlType="submit" loading={busy} disabled={!verdict || note.trim() === ''}>
        {say('send')}
      </Button>
    </form>
  );
}
