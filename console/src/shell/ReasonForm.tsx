import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { defineWords, useWords } from './words';

const words = defineWords('reason-form', { leave: '返回' }, { leave: 'Back' });

/** One sentence why, and the act: it opens where the hand is, Escape leaves it. What the act needs besides stands before the sentence. */
export function ReasonForm({
  label,
  go,
  danger = false,
  busy,
  needed = true,
  ready = true,
  children,
  onSend,
  onLeave,
}: {
  label: string;
  go: string;
  danger?: boolean;
  busy: boolean;
  needed?: boolean;
  /** What stands before the sentence is filled in. */
  ready?: boolean;
  children?: ReactNode;
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
      {children}
      <Input
        className="grow"
        autoFocus={children === undefined}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        aria-label={label}
        placeholder={label}
        maxLength={400}
      />
      <Button onClick={onLeave}>{say('leave')}</Button>
      <Button type="primary" danger={danger} htmlType="submit" loading={busy} disabled={!ready || (needed && reason.trim() === '')}>
        {go}
      </Button>
    </form>
  );
}
