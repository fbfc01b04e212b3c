import { Button, Form, Input } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { api, callPlainly, type Schemas } from '../../api/client';
import { type Session, useTakeSession } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { enrol, passkeysWork, prove } from '../../shell/passkeys';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { Door } from './Door';
import { pictureOf } from './picture';
import { RecoveryCodes } from './RecoveryCodes';

const words = defineWords(
  'begin',
  {
    factorTitle: '第二因素',
    factorHint: '请输入验证器应用此刻显示的六位数字。手机不在身边时,可以用一个恢复码。',
    code: '动态验证码或恢复码',
    go: '继续',
    passkey: '用通行密钥',
    passwordTitle: '设置您自己的密码',
    passwordHint: '至少 12 个字符,越长越好;不要用姓名、公司名或常见词。',
    current: '现在的密码',
    next: '新密码',
    again: '再输入一次新密码',
    differ: '两次输入不一样。',
    set: '保存密码',
    enrolTitle: '设置第二因素',
    enrolHint: '以后每次登录都要用它。选一种:',
    app: '验证器应用',
    appHint: '用验证器应用扫描,或手工输入密钥,再输入它显示的第一个六位数字。',
    alt: '验证器二维码',
    secret: '密钥',
    first: '六位数字',
    confirm: '确认',
    key: '通行密钥(指纹、面容或安全密钥)',
    keyName: '通行密钥',
    out: '换一个账号',
  },
  {
    factorTitle: 'Second factor',
    factorHint: 'Enter the six digits your authenticator app shows now. Without your device, use a recovery code.',
    code: 'One-time code or recovery code',
    go: 'Go on',
    passkey: 'Use a passkey',
    passwordTitle: 'Choose your own password',
    passwordHint: 'At least 12 characters, longer is better; no names, company names or common words.',
    current: 'Present password',
    next: 'New password',
    again: 'New password once more',
    differ: 'The two are not the same.',
    set: 'Save the password',
    enrolTitle: 'Set up a second factor',
    enrolHint: 'Every sign-in will ask for it. Choose one:',
    app: 'Authenticator app',
    appHint: 'Scan this with your authenticator app, or type the key, then enter the first six digits it shows.',
    alt: 'QR code for the authenticator app',
    secret: 'Key',
    first: 'Six digits',
    confirm: 'Confirm',
    key: 'Passkey (fingerprint, face or security key)',
    keyName: 'Passkey',
    out: 'Another account',
  },
);

/** What a sign-in still lacks, one thing at a time: the enrolled factor, a password of one's own, a factor to enrol. */
export default function Begin({ session }: { session: Session }) {
  const say = useWords(words);
  const take = useTakeSession();
  // Enrolling completes the sign-in; the codes are shown before the console opens, for they are shown once.
  const [codes, setCodes] = useState<{ list: readonly string[]; session: Session } | null>(null);
  const enrolled = (answer: { session: Session; recoveryCodes: readonly string[] }) =>
    answer.recoveryCodes.length > 0 ? setCodes({ list: answer.recoveryCodes, session: answer.session }) : take(answer.session);
  const leave = async () => {
    try {
      await callPlainly(() => api.POST('/v1/sign-out'));
    } finally {
      take(null);
    }
  };

  let step: ReactNode;
  if (codes) step = <RecoveryCodes codes={codes.list} onKept={() => take(codes.session)} />;
  else if (session.needs.includes('second-factor')) step = <ProveFactor />;
  else if (session.needs.includes('password')) step = <OwnPassword />;
  else step = <Enrol onEnrolled={enrolled} />;
  return (
    <Door>
      {step}
      {!codes && (
        <Button type="link" size="small" onClick={() => void leave()} style={{ paddingInline: 0 }}>
          {say('out')}
        </Button>
      )}
    </Door>
  );
}

function ProveFactor() {
  const say = useWords(words);
  const take = useTakeSession();
  const { fault, busy, run } = useRun();
  const byCode = (code: string) => run(async () => take(await callPlainly(() => api.POST('/v1/session/step-up', { body: { code: code.trim() } }))));
  const byPasskey = () =>
    run(async () => {
      const options = await callPlainly(() => api.POST('/v1/session/step-up/passkey/options'));
      const body = await prove(options);
      take(await callPlainly(() => api.POST('/v1/session/step-up/passkey', { body })));
    });
  return (
    <>
      <h1>{say('factorTitle')}</h1>
      <p className="quiet">{say('factorHint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Form layout="vertical" requiredMark={false} onFinish={(typed: { code: string }) => void byCode(typed.code)}>
        <Form.Item name="code" label={say('code')} rules={[{ required: true, message: '' }]}>
          <Input autoFocus autoComplete="one-time-code" inputMode="numeric" maxLength={32} className="num" />
        </Form.Item>
        <div className="ways">
          <Button type="primary" htmlType="submit" block loading={busy}>
            {say('go')}
          </Button>
          {passkeysWork() && (
            <Button block onClick={() => void byPasskey()}>
              {say('passkey')}
            </Button>
          )}
        </div>
      </Form>
    </>
  );
}

function OwnPassword() {
  const say = useWords(words);
  const take = useTakeSession();
  const { fault, busy, run } = useRun();
  return (
    <>
      <h1>{say('passwordTitle')}</h1>
      <p className="quiet">{say('passwordHint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Form
        layout="vertical"
        requiredMark={false}
        onFinish={(typed: { current: string; next: string }) =>
          void run(async () => take(await callPlainly(() => api.POST('/v1/session/password', { body: { current: typed.current, next: typed.next } }))))
        }
      >
        <Form.Item name="current" label={say('current')} rules={[{ required: true, message: '' }]}>
          <Input.Password autoFocus autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Form.Item name="next" label={say('next')} rules={[{ required: true, message: '' }]}>
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Form.Item
          name="again"
          label={say('again')}
          dependencies={['next']}
          rules={[
            ({ getFieldValue }) => ({
              validator: async (_, again) => (again === getFieldValue('next') ? undefined : Promise.reject(new Error(say('differ')))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={busy}>
          {say('set')}
        </Button>
      </Form>
    </>
  );
}

function Enrol({ onEnrolled }: { onEnrolled: (answer: { session: Session; recoveryCodes: readonly string[] }) => void }) {
  const say = useWords(words);
  const { fault, busy, run } = useRun();
  const [offer, setOffer] = useState<Schemas['TotpOfferView'] | null>(null);
  const asked = useRef(false);
  const byApp = () => run(async () => setOffer(await callPlainly(() => api.POST('/v1/session/factors/totp'))));
  const byKey = () =>
    run(async () => {
      const options = await callPlainly(() => api.POST('/v1/session/factors/passkeys/options'));
      const body = await enrol(options, say('keyName'));
      onEnrolled(await callPlainly(() => api.POST('/v1/session/factors/passkeys', { body })));
    });
  useEffect(() => {
    if (!passkeysWork() && !asked.current) {
      asked.current = true;
      void byApp();
    }
  }, []);

  return (
    <>
      <h1>{say('enrolTitle')}</h1>
      {fault !== null && <ProblemNote fault={fault} onAgain={() => void byApp()} />}
      {!offer && passkeysWork() && (
        <>
          <p className="quiet">{say('enrolHint')}</p>
          <div className="ways">
            <Button type="primary" block loading={busy} onClick={() => void byKey()}>
              {say('key')}
            </Button>
            <Button block onClick={() => void byApp()}>
              {say('app')}
            </Button>
          </div>
        </>
      )}
      {offer && (
        <div className="stack">
          <p>{say('appHint')}</p>
          <img className="qr" src={pictureOf(offer.qr)} alt={say('alt')} />
          <p>
            <span className="quiet">{say('secret')} </span>
            <code className="num secret">{offer.secret.replace(/(.{4})/g, '$1 ').trim()}</code>
          </p>
          <Form
            layout="vertical"
            requiredMark={false}
            onFinish={(typed: { code: string }) =>
              void run(async () =>
                onEnrolled(await callPlainly(() => api.POST('/v1/session/factors/totp/confirm', { body: { ticket: offer.ticket, code: typed.code.trim() } }))),
              )
            }
          >
            <Form.Item name="code" label={say('first')} rules={[{ required: true, message: '' }]}>
              <Input autoFocus autoComplete="one-time-code" inputMode="numeric" maxLength={6} className="num" />
            </Form.Item>
            <Button type="primary" htmlType="submit" block loading={busy}>
              {say('confirm')}
            </Button>
          </Form>
        </div>
      )}
    </>
  );
}
