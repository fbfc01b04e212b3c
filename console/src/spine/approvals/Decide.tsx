import { Button, Input, Radio } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Refusal } from '../../api/problem';
import { ProblemNote } from '../../shell/Problem';
import { enrol, passkeysWork, prove } from '../../shell/passkeys';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { RecoveryCodes } from '../identity/RecoveryCodes';
import type { Approval } from './shared';

const words = defineWords(
  'approvals-decide',
  {
    approve: '批准',
    sign: '通行密钥批准',
    refuse: '拒绝…',
    why: '拒绝原因',
    unclear: '用途或原因写得不清楚',
    toomuch: '超出办理这件事所需的范围',
    other: '有不看明文的办法',
    more: '补充说明(可不填,申请人能看到)',
    send: '拒绝这份申请',
    leave: '返回',
    address: '批准这类申请要用通行密钥签名:请用域名打开(不能用 IP 地址),并使用支持通行密钥的浏览器。',
    key: '添加通行密钥',
    keyName: '通行密钥',
    added: '通行密钥已添加,请再看一遍内容后批准。',
  },
  {
    approve: 'Approve',
    sign: 'Approve with a passkey',
    refuse: 'Refuse…',
    why: 'Why you refuse',
    unclear: 'Purpose or reason is unclear',
    toomuch: 'More than the task needs',
    other: 'It can be done without seeing it',
    more: 'Anything to add (optional; the requester reads it)',
    send: 'Refuse this request',
    leave: 'Back',
    address: 'This kind of request is approved by a passkey’s signature: open the console under its host name, not an IP address, in a browser with passkeys.',
    key: 'Add a passkey',
    keyName: 'Passkey',
    added: 'The passkey is there. Look once more, then approve.',
  },
);

const presets = ['unclear', 'toomuch', 'other'] as const;
type Preset = (typeof presets)[number];

/** Approve, where the rule asks with a passkey over the request's digest, or refuse with a reason. One request at a time: there is no approve-all. */
export function Decide({ approval, take }: { approval: Approval; take: (next: Approval) => void }) {
  const say = useWords(words);
  const { fault, busy, run } = useRun();
  const [refusing, setRefusing] = useState(false);
  const [preset, setPreset] = useState<Preset>('unclear');
  const [more, setMore] = useState('');
  const [added, setAdded] = useState(false);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const unsigned = approval.signs && !passkeysWork();

  const decide = (body: Schemas['ApprovalDecision']) =>
    run(async () => take(await call(() => api.POST('/v1/approvals/{id}/decide', { params: { path: { id: approval.id } }, body }))));
  const approve = () =>
    approval.signs
      ? run(async () => {
          const asked = await call(() => api.POST('/v1/approvals/{id}/sign', { params: { path: { id: approval.id } } }));
          const signed = await prove(asked);
          const body = { digest: approval.digest, verdict: 'approve' as const, ticket: signed.ticket, credential: signed.credential };
          take(await call(() => api.POST('/v1/approvals/{id}/decide', { params: { path: { id: approval.id } }, body })));
        })
      : decide({ digest: approval.digest, verdict: 'approve' });
  // Where nothing else is missing it is mended here: nobody is sent away from a request that waits.
  const addKey = () =>
    run(async () => {
      const asked = await call(() => api.POST('/v1/session/factors/passkeys/options'));
      const body = await enrol(asked, say('keyName'));
      const made = await call(() => api.POST('/v1/session/factors/passkeys', { body }));
      setCodes(made.recoveryCodes);
      setAdded(true);
    });
  const refuse = () => decide({ digest: approval.digest, verdict: 'refuse', reason: [say(preset), more.trim()].filter((part) => part !== '').join(' · ') });

  const needsKey = fault instanceof Refusal && fault.problem.code === 'passkey.none';
  if (codes.length > 0) return <RecoveryCodes codes={codes} onKept={() => setCodes([])} />;
  return (
    <>
      {added && (
        <p className="good" role="status">
          {say('added')}
        </p>
      )}
      {unsigned && <p className="warn">{say('address')}</p>}
      {fault !== null && (
        <ProblemNote
          fault={fault}
          action={
            needsKey ? (
              <Button size="small" onClick={() => void addKey()}>
                {say('key')}
              </Button>
            ) : undefined
          }
        />
      )}
      {refusing ? (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void refuse();
          }}
          onKeyDown={(event) => event.key === 'Escape' && setRefusing(false)}
        >
          <Radio.Group
            className="presets"
            aria-label={say('why')}
            value={preset}
            onChange={(event) => setPreset(event.target.value as Preset)}
            options={presets.map((one) => ({ value: one, label: say(one) }))}
          />
          <Input.TextArea
            value={more}
            onChange={(event) => setMore(event.target.value)}
            aria-label={say('more')}
            placeholder={say('more')}
            maxLength={400}
            rows={2}
          />
          <div className="decide">
            <Button onClick={() => setRefusing(false)}>{say('leave')}</Button>
            <Button danger type="primary" htmlType="submit" loading={busy}>
              {say('send')}
            </Button>
          </div>
        </form>
      ) : (
        <div className="decide">
          <Button onClick={() => setRefusing(true)} disabled={busy}>
            {say('refuse')}
          </Button>
          <Button type="primary" loading={busy} disabled={unsigned} onClick={() => void approve()}>
            {say(approval.signs ? 'sign' : 'approve')}
          </Button>
        </div>
      )}
    </>
  );
}
