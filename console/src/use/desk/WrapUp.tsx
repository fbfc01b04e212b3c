import { Button, Input, Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { api, call } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { useWords } from '../../shell/words';
import { holdsIdentifier } from './notes';
import { words } from './words';

const wrapMs = 60_000;

/**
 * Sixty seconds for a note, which refuses identifiers; then the call ends by itself and everything on the desk goes. When the telephone system hung up,
 * the call is over already and there is no way back to it.
 */
export function WrapUp({ service, hungUp, onBack, onEnded }: { service: string; hungUp: boolean; onBack: () => void; onEnded: () => void }) {
  const say = useWords(words);
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
      if (hungUp && text === '') {
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
    if (now >= until) void end(refused ? '' : note.trim());
  }, [now >= until]);

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
