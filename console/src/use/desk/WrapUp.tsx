import { Button, Input, Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { api, call } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { useWords } from '../../shell/words';
import { holdsIdentifier } from './notes';
import type { Over } from './rings';
import { words } from './words';

const wrapMs = 60_000;

/**
 * Sixty seconds for a note, which refuses identifiers; then the call ends by itself and everything on the desk goes. When the telephone system hung up,
 * the call is over already and there is no way back to it. A session that reached its own end takes no note: one that was being typed stays readable.
 */
export function WrapUp({ service, over: by, onBack, onEnded }: { service: string; over: Over | null; onBack: () => void; onEnded: () => void }) {
  const say = useWords(words);
  const [hungUp, expired] = [by === 'hung-up', by === 'expired'];
  const [note, setNote] = useState('');
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [until] = useState(() => Date.now() + wrapMs);
  const [now, setNow] = useState(Date.now());
  const over = useRef(false);
  const refused = holdsIdentifier(note);

  const end = async (text: string) => {
    if (over.current) return;
    over.current = true;
    setBusy(true);
    setFault(null);
    try {
      await call(() => api.POST('/v1/service-sessions/{id}/close', { params: { path: { id: service } }, body: text === '' ? {} : { note: text } }));
      onEnded();
    } catch (thrown) {
      if (by !== null && text === '') {
        onEnded();
        return;
      }
      over.current = false;
      setBusy(false);
      setFault(thrown);
    }
  };
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (now < until) return;
    if (!expired) void end(refused ? '' : note.trim());
    else if (note === '') onEnded();
  }, [now >= until, expired]);

  if (expired)
    return (
      <Modal
        open
        title={say('expired')}
        closable={false}
        mask={{ closable: false }}
        keyboard={false}
        width={480}
        footer={
          <Button type="primary" autoFocus={note === ''} onClick={onEnded}>
            {say(note === '' ? 'leave' : 'leaveNote')}
          </Button>
        }
      >
        <div className="stack">
          <p role="status">{say('expiredHint')}</p>
          {note !== '' && (
            <label className="wrap-note">
              <span>{say('expiredNote')}</span>
              <Input.TextArea autoFocus readOnly value={note} rows={4} />
            </label>
          )}
        </div>
      </Modal>
    );
  return (
    <Modal
      open
      title={say(hungUp ? 'hungUp' : 'wrapUp')}
      onCancel={hungUp ? () => void end('') : onBack}
      closable={!hungUp}
      mask={{ closable: !hungUp }}
      keyboard={!hungUp}
      width={480}
      footer={
        <div className="row">
          <span className="quiet num">{say('wrapLeft', { seconds: Math.max(0, Math.ceil((until - now) / 1000)) })}</span>
          <span className="spread" />
          {hungUp ? <Button onClick={() => void end('')}>{say('noNote')}</Button> : <Button onClick={onBack}>{say('back')}</Button>}
          <Button type="primary" loading={busy} disabled={refused} onClick={() => void end(note.trim())}>
            {say('end')}
          </Button>
        </div>
      }
    >
      <div className="stack">
        {fault !== null && <ProblemNote fault={fault} />}
        {hungUp && <p role="status">{say('hungUpHint')}</p>}
        <label className="wrap-note">
          <span>{say('note')}</span>
          <Input.TextArea
            autoFocus
            value={note}
            onChange={(event) => setNote(event.target.value)}
            rows={4}
            maxLength={1000}
            status={refused ? 'error' : ''}
            aria-describedby="note-hint"
          />
        </label>
        <p id="note-hint" className={refused ? 'bad' : 'quiet'} role={refused ? 'alert' : undefined}>
          {refused ? say('noteRefused') : say('noteHint')}
        </p>
      </div>
    </Modal>
  );
}
