import { useQuery } from '@tanstack/react-query';
import { Button, Input, type InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { api, call } from '../api/client';
import { ProblemNote } from '../shell/Problem';
import { useRun } from '../shell/useRun';
import { useWords } from '../shell/words';
import { OnSite } from '../spine/approvals/OnSite';
import { type Approval, stands } from '../spine/approvals/shared';
import type { submission } from './submission';
import { words } from './words';

const holdsMs = 30 * 60_000;

/**
 * A document was typed where a reader should have taken it: a colleague approves exactly this submission, at this screen (R41, no_reader).
 * What was typed stays where it is.
 */
export function Typed({ form, body, onGranted }: { form: string; body: ReturnType<typeof submission>; onGranted: (grant: string) => void }) {
  const say = useWords(words);
  const { fault, busy, run } = useRun();
  const [reason, setReason] = useState('');
  const [made, setMade] = useState<Approval | null>(null);
  const field = useRef<InputRef>(null);
  useEffect(() => field.current?.focus(), []);
  const landed = (approval: Approval) => {
    setMade(approval);
    if (stands(approval)) onGranted(approval.id);
  };
  const elsewhere = useQuery({
    queryKey: ['approval', made?.id, 'typed'],
    enabled: made?.state === 'requested' && made.mode !== 'on-site',
    refetchInterval: 3000,
    queryFn: () => call(() => api.GET('/v1/approvals/{id}', { params: { path: { id: made?.id ?? '' } } })),
  }).data;
  const latest = elsewhere?.id === made?.id ? elsewhere : undefined;
  useEffect(() => {
    if (!latest || latest.state === 'requested') return;
    setMade(latest);
    if (stands(latest)) onGranted(latest.id);
  }, [latest, onGranted]);
  const ask = () =>
    run(async () => {
      const wanted = { submission: body, until: Date.now() + holdsMs, reason: reason.trim() };
      landed(await call(() => api.POST('/v1/collect/{form}/request', { params: { path: { form } }, body: wanted as never })));
    });
  return (
    <section className="panel stack typed" aria-labelledby="typed-title">
      <header>
        <h2 id="typed-title">{say('typedTitle')}</h2>
        <p className="quiet">{say('typedHint')}</p>
      </header>
      {made?.state === 'requested' ? (
        made.mode === 'on-site' ? (
          <OnSite approval={made} take={landed} />
        ) : (
          <p role="status">
            {say('typedWaits')} <Link to={`/approvals/request?id=${made.id}`}>{say('typedSee')}</Link>
          </p>
        )
      ) : (
        <form
          className="row wrap"
          onSubmit={(event) => {
            event.preventDefault();
            void ask();
          }}
        >
          {made && !stands(made) && (
            <p className="bad" role="alert">
              {say('typedVoid')}
            </p>
          )}
          {fault !== null && <ProblemNote fault={fault} />}
          <Input
            ref={field}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            aria-label={say('typedReason')}
            placeholder={say('typedExample')}
            maxLength={500}
            className="one-field"
          />
          <Button type="primary" htmlType="submit" loading={busy} disabled={reason.trim() === ''}>
            {say('typedAsk')}
          </Button>
        </form>
      )}
    </section>
  );
}
