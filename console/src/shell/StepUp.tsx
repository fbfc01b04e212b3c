import { Button, Form, Input, type InputRef, Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { api, callPlainly } from '../api/client';
import { asksPasskey, type Problem } from '../api/problem';
import { type Session, useTakeSession } from './me';
import { ProblemNote } from './Problem';
import { passkeysWork, prove, wasDismissed } from './passkeys';
import { defineWords, useLanguage, useWords } from './words';

const words = defineWords(
  'step-up',
  {
    title: '请再验证一次是您本人',
    hint: '验证后自动继续刚才的操作。',
    code: '动态验证码或恢复码',
    passkey: '用通行密钥验证',
    go: '验证并继续',
    leave: '取消',
  },
  {
    title: 'Please confirm it is you',
    hint: 'What you were doing goes on by itself afterwards.',
    code: 'One-time code or recovery code',
    passkey: 'Use a passkey',
    go: 'Confirm and go on',
    leave: 'Cancel',
  },
);

export interface ProofAsked {
  problem: Problem;
  done: (proved: boolean) => void;
}

/** Asks for a fresh factor; whoever asked repeats the refused request afterwards. */
export function StepUp({ asked }: { asked: ProofAsked | null }) {
  const say = useWords(words);
  const language = useLanguage();
  const take = useTakeSession();
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [code, setCode] = useState('');
  const field = useRef<InputRef>(null);
  useEffect(() => {
    setFault(null);
    setCode('');
  }, [asked]);

  const run = async (act: () => Promise<Session>) => {
    setBusy(true);
    setFault(null);
    try {
      take(await act());
      asked?.done(true);
    } catch (thrown) {
      if (!wasDismissed(thrown)) setFault(thrown);
      setCode('');
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  const byCode = () => run(() => callPlainly(() => api.POST('/v1/session/step-up', { body: { code: code.trim() } })));
  const byPasskey = () =>
    run(async () => {
      const options = await callPlainly(() => api.POST('/v1/session/step-up/passkey/options'));
      const body = await prove(options);
      return callPlainly(() => api.POST('/v1/session/step-up/passkey', { body }));
    });
  const why = asked?.problem.reasons[0];
  const keyOnly = asked !== null && asksPasskey(asked.problem);

  return (
    <Modal
      open={asked !== null}
      title={say('title')}
      onCancel={() => asked?.done(false)}
      footer={null}
      width={400}
      destroyOnHidden
      afterOpenChange={(open) => open && field.current?.focus()}
    >
      <Form layout="vertical" onFinish={() => void byCode()} className="stack">
        <p className="quiet">{why ? why[language] : say('hint')}</p>
        {fault !== null && <ProblemNote fault={fault} />}
        {!keyOnly && (
          <Form.Item label={say('code')} htmlFor="step-up-code" style={{ marginBottom: 0 }}>
            <Input
              ref={field}
              id="step-up-code"
              value={code}
              onChange={(event) => setCode(event.target.value)}
              autoComplete="one-time-code"
              inputMode="numeric"
              maxLength={32}
              className="num"
            />
          </Form.Item>
        )}
        <div className="row">
          {!keyOnly && (
            <Button type="primary" htmlType="submit" loading={busy} disabled={code.trim().length < 6}>
              {say('go')}
            </Button>
          )}
          {passkeysWork() && (
            <Button type={keyOnly ? 'primary' : 'default'} onClick={() => void byPasskey()} disabled={busy}>
              {say('passkey')}
            </Button>
          )}
          <span className="spread" />
          <Button type="text" onClick={() => asked?.done(false)}>
            {say('leave')}
          </Button>
        </div>
      </Form>
    </Modal>
  );
}
