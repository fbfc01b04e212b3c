import { Button, Input, type InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../../shell/words';
import { words } from './words';

interface Props {
  label: string;
  go: string;
  digits?: boolean;
  onSend: (value: string) => Promise<void>;
  onLeave: () => void;
}

/** One field in the line, with the hand in it: Enter sends once, Esc leaves. */
export function OneField({ label, go, digits, onSend, onLeave }: Props) {
  const say = useWords(words);
  const [busy, setBusy] = useState(false);
  const [value, setValue] = useState('');
  const field = useRef<InputRef>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (busy) return;
        setBusy(true);
        void onSend(value).finally(() => setBusy(false));
      }}
      onKeyDown={(event) => event.key === 'Escape' && onLeave()}
    >
      <Input
        ref={field}
        size="small"
        value={value}
        onChange={(event) => setValue(event.target.value)}
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        {...(digits && { inputMode: 'numeric' as const, maxLength: 6 })}
        className="num one-field"
      />
      <Button size="small" type="primary" htmlType="submit" loading={busy} disabled={value.trim() === ''}>
        {go}
      </Button>
      <Button size="small" type="text" onClick={onLeave}>
        {say('cancel')}
      </Button>
    </form>
  );
}
