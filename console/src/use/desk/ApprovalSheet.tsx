import { Button, Input, type InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { api, call, callPlainly } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { useWords } from '../../shell/words';
import type { LineState } from './CardLine';
import type { Service } from './Desk';
import type { Line } from './order';
import { words } from './words';

const hour = 3600_000;
const everyMs = 3000;

interface Props {
  line: Line;
  title: string;
  customer: string;
  service: Service;
  set: (state: LineState) => void;
  onBack: () => void;
}

/** Asks a colleague on duty; the call goes on and the answer lands in the same line. */
export function ApprovalSheet({ line, title, customer, service, set, onBack }: Props) {
  const say = useWords(words);
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<InputRef>(null);
  useEffect(() => field.current?.focus(), []);

  const send = async () => {
    setBusy(true);
    setFault(null);
    try {
      const asked = await call(() =>
        api.POST('/v1/approvals/uses', {
          body: {
            act: 'view',
            customers: [customer],
            purpose: service.purpose,
            items: [line.item],
            until: Math.min(Date.now() + hour, service.until),
            reason: reason.trim(),
            session: service.id,
          },
        }),
      );
      set({ mode: null, why: null, waits: true });
      void wait(asked.id, service.until, set);
    } catch (thrown) {
      setFault(thrown);
      setBusy(false);
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => event.key === 'Escape' && onBack()}
    >
      {fault !== null && <ProblemNote fault={fault} />}
      <div className="row">
        <strong>{say('approvalTitle', { item: title })}</strong>
        <Input
          ref={field}
          size="small"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          aria-label={say('approvalReason')}
          placeholder={say('approvalExample')}
          maxLength={500}
          className="one-field"
        />
        <Button size="small" type="primary" htmlType="submit" loading={busy} disabled={reason.trim() === ''}>
          {say('approvalSend')}
        </Button>
        <Button size="small" type="text" onClick={onBack}>
          {say('cancel')}
        </Button>
      </div>
    </form>
  );
}

async function wait(id: string, until: number, set: (state: LineState) => void): Promise<void> {
  while (Date.now() < until) {
    await new Promise((wake) => setTimeout(wake, everyMs));
    try {
      const { state } = await callPlainly(() => api.GET('/v1/approvals/{id}', { params: { path: { id } } }));
      if (state === 'approved' || state === 'in-force') {
        set({ waits: false, grant: id });
        return;
      }
      if (state !== 'requested') {
        set({ waits: false, why: { zh: '申请没有通过或已过期。', en: 'The request was refused or has expired.', help: null } });
        return;
      }
    } catch {
      // The next look tells; a session that ended closes the desk anyway.
    }
  }
}
