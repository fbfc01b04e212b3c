import { Button, Input } from 'antd';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { type Approval, stands } from './shared';

const words = defineWords(
  'approvals-revoke',
  { withdraw: '撤回申请', revoke: '收回授权', reason: '原因', leave: '返回' },
  { withdraw: 'Withdraw the request', revoke: 'Take the approval back', reason: 'Reason', leave: 'Back' },
);

/** Taken back by who asked or who approved, or with a reason by who oversees; it binds the next use. */
export function Revoke({ approval, take }: { approval: Approval; take: (next: Approval) => void }) {
  const say = useWords(words);
  const { fault, busy, run } = useRun();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const name = say(stands(approval) ? 'revoke' : 'withdraw');
  if (!open)
    return (
      <div>
        <Button type="text" danger size="small" onClick={() => setOpen(true)}>
          {name}…
        </Button>
      </div>
    );
  return (
    <form
      className="stack"
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () =>
          take(await call(() => api.POST('/v1/approvals/{id}/revoke', { params: { path: { id: approval.id } }, body: { reason: reason.trim() || null } }))),
        );
      }}
    >
      {fault !== null && <ProblemNote fault={fault} />}
      <Input
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        aria-label={say('reason')}
        placeholder={say('reason')}
        maxLength={400}
        autoFocus
      />
      <div className="row">
        <Button onClick={() => setOpen(false)}>{say('leave')}</Button>
        <Button danger htmlType="submit" loading={busy} disabled={approval.overseen && reason.trim() === ''}>
          {name}
        </Button>
      </div>
    </form>
  );
}
