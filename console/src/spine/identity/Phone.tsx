import { Button, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { defineWords, useWords } from '../../shell/words';
import { Door } from './Door';

const words = defineWords(
  'phone',
  {
    title: '在另一块屏幕上登录?',
    who: '请求来自 {{origin}} · 网络区域 {{zone}}',
    warn: '只有您自己正在面前的屏幕上登录时才允许。有人让您扫码,就是骗局。',
    number: '屏幕上的数字',
    allow: '允许登录',
    done: '已允许。可以关掉这一页了。',
    none: '这里要用手机扫描登录二维码打开。',
  },
  {
    title: 'Sign in on another screen?',
    who: 'Asked from {{origin}} · network zone {{zone}}',
    warn: 'Allow it only if you yourself are signing in at the screen in front of you. Whoever asks you to scan is cheating you.',
    number: 'Number on that screen',
    allow: 'Allow',
    done: 'Allowed. You can close this page.',
    none: 'This page opens by scanning a sign-in code.',
  },
);

/** The phone's side: what asks, from where, and the number that proves that its owner sees the screen. The ticket stands behind the fragment, which no server sees. */
export default function Phone() {
  const say = useWords(words);
  const [ticket] = useState(() => location.hash.slice(1));
  const [sight, setSight] = useState<Schemas['QrSight'] | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  useEffect(() => {
    history.replaceState(null, '', location.pathname);
    if (ticket !== '') call(() => api.POST('/v1/session/qr/look', { body: { ticket } })).then(setSight, setFault);
  }, [ticket]);

  const allow = async (number: string) => {
    setFault(null);
    try {
      await call(() => api.POST('/v1/session/qr/approve', { body: { ticket, number: number.trim() } }));
      setDone(true);
    } catch (thrown) {
      setFault(thrown);
    }
  };

  return (
    <Door>
      <h1>{say('title')}</h1>
      {ticket === '' && <p>{say('none')}</p>}
      {fault !== null && <ProblemNote fault={fault} />}
      {done && <p className="good">{say('done')}</p>}
      {sight && !done && (
        <>
          <p>{say('who', { origin: sight.origin, zone: sight.zone })}</p>
          <p className="warn">{say('warn')}</p>
          <Form layout="vertical" requiredMark={false} onFinish={(typed: { number: string }) => void allow(typed.number)}>
            <Form.Item name="number" label={say('number')} rules={[{ required: true, message: '' }]}>
              <Input inputMode="numeric" autoComplete="off" maxLength={2} className="num" size="large" />
            </Form.Item>
            <Button type="primary" htmlType="submit" block size="large">
              {say('allow')}
            </Button>
          </Form>
        </>
      )}
    </Door>
  );
}
