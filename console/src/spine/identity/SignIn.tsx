import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { api, callPlainly } from '../../api/client';
import { type Session, useTakeSession } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { passkeysWork, prove, wasDismissed } from '../../shell/passkeys';
import { defineWords, useWords } from '../../shell/words';
import { Door } from './Door';

const Qr = lazy(() => import('./Qr'));

const words = defineWords(
  'sign-in',
  {
    title: '登录',
    account: '账号',
    password: '密码',
    go: '登录',
    or: '或者',
    passkey: '用通行密钥登录',
    qr: '用手机扫码登录',
    sso: '用 {{provider}} 登录',
    refused: '单点登录没有成功。请确认账号已经关联,然后再试一次。',
    first: '首次登录请用管理员给您的初始密码,随后设置自己的密码和第二因素。',
  },
  {
    title: 'Sign in',
    account: 'Account',
    password: 'Password',
    go: 'Sign in',
    or: 'or',
    passkey: 'Sign in with a passkey',
    qr: 'Sign in with your phone',
    sso: 'Sign in with {{provider}}',
    refused: 'Single sign-on did not succeed. Make sure your account is linked, then try again.',
    first: 'The first time, use the start password your administrator gave you; then you choose your own and a second factor.',
  },
);

/** Password, passkey, phone or the company's provider; the second factor follows in Begin. */
export function SignIn() {
  const say = useWords(words);
  const take = useTakeSession();
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [byPhone, setByPhone] = useState(false);
  const providers = useQuery({ queryKey: ['sso'], queryFn: () => callPlainly(() => api.GET('/v1/sign-in/sso')), staleTime: Number.POSITIVE_INFINITY });

  const run = async (act: () => Promise<Session>) => {
    setBusy(true);
    setFault(null);
    try {
      take(await act());
    } catch (thrown) {
      if (!wasDismissed(thrown)) setFault(thrown);
    } finally {
      setBusy(false);
    }
  };

  const byPasskey = () =>
    run(async () => {
      const options = await callPlainly(() => api.POST('/v1/sign-in/passkey/options'));
      const body = await prove(options);
      return callPlainly(() => api.POST('/v1/sign-in/passkey', { body }));
    });
  const bySso = async (provider: string) => {
    setFault(null);
    try {
      location.assign((await callPlainly(() => api.POST('/v1/sign-in/sso', { body: { provider } }))).url);
    } catch (thrown) {
      setFault(thrown);
    }
  };

  if (byPhone)
    return (
      <Door>
        <Suspense fallback={null}>
          <Qr onBack={() => setByPhone(false)} />
        </Suspense>
      </Door>
    );

  return (
    <Door>
      <h1>{say('title')}</h1>
      {new URLSearchParams(location.search).get('sso') === 'refused' && fault === null && <Alert type="error" showIcon={false} title={say('refused')} />}
      {fault !== null && <ProblemNote fault={fault} />}
      <Form
        layout="vertical"
        requiredMark={false}
        onFinish={(body: { account: string; password: string }) =>
          void run(() => callPlainly(() => api.POST('/v1/sign-in', { body: { account: body.account.trim(), password: body.password } })))
        }
      >
        <Form.Item name="account" label={say('account')} rules={[{ required: true, message: '' }]}>
          <Input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="password" label={say('password')} rules={[{ required: true, message: '' }]}>
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={busy}>
          {say('go')}
        </Button>
      </Form>
      <p className="or">{say('or')}</p>
      <div className="ways">
        {passkeysWork() && (
          <Button block onClick={() => void byPasskey()}>
            {say('passkey')}
          </Button>
        )}
        <Button block onClick={() => setByPhone(true)}>
          {say('qr')}
        </Button>
        {providers.data?.providers.map((provider) => (
          <Button key={provider} block onClick={() => void bySso(provider)}>
            {say('sso', { provider })}
          </Button>
        ))}
      </div>
      <p className="quiet">{say('first')}</p>
    </Door>
  );
}
