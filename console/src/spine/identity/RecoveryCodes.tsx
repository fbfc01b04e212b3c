import { Button } from 'antd';
import { defineWords, useWords } from '../../shell/words';

const words = defineWords(
  'recovery',
  {
    title: '恢复码',
    hint: '只显示这一次。手机丢失时,每个码可以代替一次动态验证码。请抄写或打印,放在安全的地方。',
    kept: '我已保存好',
  },
  {
    title: 'Recovery codes',
    hint: 'Shown this once. Without your device, each is good for one sign-in. Write them down or print them, and keep them safe.',
    kept: 'I have kept them',
  },
);

export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const say = useWords(words);
  return (
    <>
      <h1>{say('title')}</h1>
      <p>{say('hint')}</p>
      <ul className="codes num">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button type="primary" block onClick={onKept}>
        {say('kept')}
      </Button>
    </>
  );
}
