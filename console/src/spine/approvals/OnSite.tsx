import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { passkeysWork, prove } from '../../shell/passkeys';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { type Approval, Countdown } from './shared';

const words = defineWords(
  'approvals-on-site',
  {
    here: '请一位同事在这里授权',
    hereHint: '同事用他的通行密钥,或输入他手机上"审批"里这份申请的现场码。这里不会登录他的账号;输错三次,申请作废。',
    key: '同事用通行密钥授权',
    account: '同事的账号',
    code: '现场码(8 位)',
    go: '用现场码授权',
    mine: '现场码',
    mineHint: '您核对过上面的内容后,把现场码告诉申请人,或在他的屏幕上输入。它只对这一份申请有效。',
    show: '显示现场码',
    again: '换一个',
  },
  {
    here: 'A colleague approves here',
    hereHint:
      'With a passkey of his own, or with the on-site code his phone shows for this request under Approvals. It signs nobody in; three wrong tries void the request.',
    key: 'Colleague’s passkey',
    account: 'Colleague’s account',
    code: 'On-site code (8 digits)',
    go: 'Approve with the code',
    mine: 'On-site code',
    mineHint: 'Once you have read the above, tell the requester this code or type it at his screen. It is good for this request alone.',
    show: 'Show my on-site code',
    again: 'Another one',
  },
);

/** At the requester's screen: a colleague's passkey over the digest, or his account with the code from his own device (R41). */
export function OnSite({ approval, take }: { approval: Approval; take: (next: Approval) => void }) {
  const say = useWords(words);
  const [form] = Form.useForm<{ account: string; code: string }>();
  const { fault, busy, run } = useRun();
  const path = { id: approval.id };
  const byKey = () =>
    run(async () => {
      const asked = await call(() => api.POST('/v1/approvals/{id}/on-site/options', { params: { path } }));
      const signed = await prove(asked);
      const body = { digest: approval.digest, ticket: signed.ticket, credential: signed.credential };
      take(await call(() => api.POST('/v1/approvals/{id}/on-site', { params: { path }, body })));
    });
  const byCode = (typed: { account: string; code: string }) =>
    run(async () => {
      try {
        const body = { digest: approval.digest, account: typed.account.trim(), code: typed.code.replace(/\s/g, '') };
        take(await call(() => api.POST('/v1/approvals/{id}/on-site', { params: { path }, body })));
      } finally {
        form.resetFields(['code']);
      }
    });
  return (
    <section className="stack" aria-label={say('here')}>
      <h2>{say('here')}</h2>
      <p className="quiet">{say('hereHint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      {passkeysWork() && (
        <Button type="primary" onClick={() => void byKey()} loading={busy}>
          {say('key')}
        </Button>
      )}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(typed) => void byCode(typed)}>
        <Form.Item name="account" label={say('account')} rules={[{ required: true, message: '' }]}>
          <Input autoComplete="off" maxLength={64} />
        </Form.Item>
        <Form.Item name="code" label={say('code')} rules={[{ required: true, message: '' }]}>
          <Input autoComplete="off" inputMode="numeric" maxLength={9} className="num" />
        </Form.Item>
        <Button htmlType="submit" loading={busy}>
          {say('go')}
        </Button>
      </Form>
    </section>
  );
}

/** On the approver's own device, after a fresh factor: the code that he types or says at the requester's screen. */
export function MyCode({ approval }: { approval: Approval }) {
  const say = useWords(words);
  const { fault, busy, run } = useRun();
  const [shown, setShown] = useState<Schemas['OnSiteCode'] | null>(null);
  const ask = () => run(async () => setShown(await call(() => api.POST('/v1/approvals/{id}/code', { params: { path: { id: approval.id } } }))));
  return (
    <section className="stack" aria-label={say('mine')}>
      <h2>{say('mine')}</h2>
      <p className="quiet">{say('mineHint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      {shown && (
        <div className="row" role="status">
          <span className="on-site-code num">{shown.code.replace(/(.{4})/, '$1 ')}</span>
          <Countdown until={shown.expires} />
        </div>
      )}
      <Button type={shown ? 'default' : 'primary'} onClick={() => void ask()} loading={busy}>
        {say(shown ? 'again' : 'show')}
      </Button>
    </section>
  );
}
