import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { api, callPlainly, type Schemas } from '../../api/client';
import { useTakeSession } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { defineWords, useWords } from '../../shell/words';
import { pictureOf } from './picture';

const words = defineWords(
  'qr',
  {
    title: '扫码登录',
    step: '用已登录的手机扫描,核对后在手机上输入这个数字:',
    alt: '登录二维码',
    left: '还有 {{seconds}} 秒',
    back: '用密码登录',
    again: '换一个二维码',
    weak: '扫码只算一个因素,不能打开敏感信息。',
  },
  {
    title: 'Sign in with your phone',
    step: 'Scan with a phone that is signed in, check what it says, and type this number there:',
    alt: 'Sign-in QR code',
    left: '{{seconds}} s left',
    back: 'Use a password',
    again: 'New code',
    weak: 'This counts as one factor and opens nothing sensitive.',
  },
);

/** The screen's side: shows the picture and a number, and asks every two seconds whether the phone allowed it. */
export default function Qr({ onBack }: { onBack: () => void }) {
  const say = useWords(words);
  const take = useTakeSession();
  const [started, setStarted] = useState<Schemas['QrStarted'] | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const [now, setNow] = useState(Date.now());

  useEffect(() => {
    let over = false;
    const run = async () => {
      try {
        const begun = await callPlainly(() => api.POST('/v1/sign-in/qr'));
        if (over) return;
        setStarted(begun);
        while (!over && Date.now() < begun.expires) {
          await new Promise((wake) => setTimeout(wake, 2000));
          if (over) return;
          setNow(Date.now());
          const answer = await callPlainly(() => api.POST('/v1/sign-in/qr/take', { body: { ticket: begun.ticket } }));
          if (answer.state === 'in' && answer.session) {
            take(answer.session);
            return;
          }
        }
      } catch (thrown) {
        if (!over) setFault(thrown);
      }
    };
    setFault(null);
    setStarted(null);
    void run();
    return () => {
      over = true;
    };
  }, [round]);

  const left = started ? Math.max(0, Math.floor((started.expires - now) / 1000)) : 0;
  return (
    <>
      <h1>{say('title')}</h1>
      {fault !== null && <ProblemNote fault={fault} />}
      {started && left > 0 && fault === null && (
        <>
          <img className="qr" src={pictureOf(started.qr)} alt={say('alt')} />
          <p>{say('step')}</p>
          <p className="big-number num">{started.number}</p>
          <p className="quiet num">{say('left', { seconds: left })}</p>
        </>
      )}
      <p className="quiet">{say('weak')}</p>
      <div className="row">
        <Button onClick={() => setRound(round + 1)}>{say('again')}</Button>
        <Button type="text" onClick={onBack}>
          {say('back')}
        </Button>
      </div>
    </>
  );
}
