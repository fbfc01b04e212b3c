import { Button, Input } from 'antd';
import { useState } from 'react';
import { defineWords, useWords } from './words';

const words = defineWords('reason-form', { leave: '返回' }, { leave: 'Back' });

/** One sentence why, and the act: it opens where the hand is, Escape leaves it. */
export function ReasonForm({
  label,
  go,
  danger = false,
  busy,
  needed = true,
  onSend,
  onLeave,
}: {
  label: string;
  go: string;
  danger?: boolean;
  busy: boolean;
  needed?: boolean;
  onSend: (reason: string) => void;
  onLeave: () => void;
}) {
  const say = useWords(words);
  const [reason, setReason] = useState('');
  return (
    <form
      className="row wrap"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(reason.trim());
      }}
      onKeyDown={(event) => event.key === 'Escape' && onLeave()}
    >
      <Input
        className="grow"
        autoFocus
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        aria-label={label}
        placeholder={label}
        maxLength={400}
      />
      <Button onClick={onLeave}>{say('leave')}</Button>
      <Button type="primary" danger={danger} htmlType="submit" loading={busy} disabled={needed && reason.trim() === ''}>
        {go}
      </Button>
    </form>
  );
}
