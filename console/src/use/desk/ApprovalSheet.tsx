import { Button, Input, type InputRef, Segmented } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { api, call } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { useWords } from '../../shell/words';
import { OnSite } from '../../spine/approvals/OnSite';
import { type Approval, stands, useScenes } from '../../spine/approvals/shared';
import type { LineState } from './CardLine';
import type { Service } from './Desk';
import type { Line } from './order';
import { type Way, waysOf } from './ways';
import { words } from './words';

const hour = 3600_000;

interface Props {
  line: Line;
  title: string;
  customer: string;
  service: Service;
  state: LineState;
  set: (state: LineState) => void;
  onBack: () => void;
}

const glassMs = 30 * 60_000;

/** Asks a colleague on duty, from afar or at this screen; the call goes on and the answer lands in the same line. In an emergency nobody is asked, and a review is owed. */
export function ApprovalSheet({ line, title, customer, service, state, set, onBack }: Props) {
  const say = useWords(words);
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Approval | null>(null);
  const known = useScenes();
  const scenes = state.why?.scenes ?? [];
  const correction = state.correction ?? null;
  const ways = waysOf(scenes, known.data ?? [], correction ? 'correct' : 'view');
  const given = (id: string): LineState => (correction ? { correction: { ...correction, grant: id } } : { grant: id });
  const [chosen, setChosen] = useState<Way | null>(null);
  const way = chosen ?? ways[0] ?? 'remote';
  const field = useRef<InputRef>(null);
  useEffect(() => field.current?.focus(), []);

  const landed = (approval: Approval) => {
    if (stands(approval)) set({ mode: null, why: null, waits: null, ...given(approval.id) });
    else if (approval.state === 'requested') setMade(approval);
    else
      set({
        mode: null,
        waits: null,
        correction: null,
        why: { zh: '申请已作废,请重新申请。', en: 'The request is void. Ask again.', help: null, scenes: [], all: [] },
      });
  };
  const send = async () => {
    setBusy(true);
    setFault(null);
    const body = {
      act: correction ? ('correct' as const) : ('view' as const),
      ...(correction && { changes: [correction.change] }),
      customers: [customer],
      purpose: (correction ? correction.purpose : state.purpose) ?? service.purpose,
      items: [line.item],
      until: Math.min(Date.now() + (way === 'emergency' ? glassMs : hour), service.until),
      reason: reason.trim(),
      session: service.id,
    };
    try {
      if (way === 'emergency') {
        landed(await call(() => api.POST('/v1/approvals/break-glass', { body })));
        return;
      }
      const asked = await call(() => api.POST('/v1/approvals/uses', { body: { ...body, ...(scenes.length > 0 ? { scenes, mode: way } : {}) } }));
      if (asked.mode === 'on-site') {
        landed(asked);
        return;
      }
      set({ mode: null, why: null, waits: { id: asked.id, of: correction?.key ?? null } });
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  if (made)
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: Esc leaves, as in every line of the desk
      <div className="stack on-site-sheet" onKeyDown={(event) => event.key === 'Escape' && onBack()}>
        <OnSite approval={made} take={landed} />
        <Button size="small" type="text" onClick={onBack}>
          {say('cancel')}
        </Button>
      </div>
    );
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
        <strong>{say(correction ? 'approvalCorrect' : 'approvalTitle', { item: title })}</strong>
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
        {ways.length > 1 && (
          <Segmented<Way>
            size="small"
            aria-label={say('approvalWay')}
            value={way}
            onChange={setChosen}
            options={ways.map((one) => ({ value: one, label: say(`way-${one}`) }))}
          />
        )}
        <Button size="small" type="primary" danger={way === 'emergency'} htmlType="submit" loading={busy} disabled={reason.trim() === ''}>
          {say(way === 'emergency' ? 'approvalOpen' : 'approvalSend')}
        </Button>
        <Button size="small" type="text" onClick={onBack}>
          {say('cancel')}
        </Button>
      </div>
      {way === 'emergency' && <p className="warn">{say('approvalGlass')}</p>}
    </form>
  );
}
