import { Input } from 'antd';
import { useEffect, useId, useState } from 'react';
import { defineWords, useWords } from '../../shell/words';
import { pin, usePinned } from './pinned';
import { parseKey } from './tlog/note';

const words = defineWords(
  'pinned-key',
  {
    label: '您自己保存的日志公钥',
    hint: '安装时记下的那一行(名称+编号+公钥)。不填则用服务器说的公钥:只能证明前后一致,不能证明服务器没有换掉公钥。只留在这个页面的内存里。',
    bad: '这不是一行日志公钥,或编号与公钥不符。',
    same: '✓ 与服务器所说的公钥一致',
    differs: '✕ 与服务器所说的公钥不同',
  },
  {
    label: "The log's key as you kept it",
    hint: "The line noted at installation (name+id+key). Without it the server's own word is used: that proves consistency, not that the key was never exchanged. It stays in this page's memory only.",
    bad: 'This is no log key, or its id does not belong to it.',
    same: '✓ the same as the server says',
    differs: '✕ not the one the server says',
  },
);

/** Where the auditor puts the key he pinned. */
export function PinnedKey({ told }: { told: string | undefined }) {
  const say = useWords(words);
  const pinned = usePinned();
  const id = useId();
  const [good, setGood] = useState(true);
  useEffect(() => {
    let left = false;
    void (pinned === '' ? Promise.resolve(true) : parseKey(pinned).then((key) => key !== null)).then((is) => !left && setGood(is));
    return () => {
      left = true;
    };
  }, [pinned]);
  return (
    <div className="field pinned">
      <label htmlFor={id}>{say('label')}</label>
      <Input
        id={id}
        value={pinned}
        onChange={(event) => pin(event.target.value)}
        maxLength={400}
        spellCheck={false}
        autoComplete="off"
        aria-describedby={`${id}hint`}
        {...(!good && { status: 'error' as const, 'aria-invalid': true })}
      />
      <span id={`${id}hint`} className="quiet">
        {say('hint')}
      </span>
      <span role="status">
        {!good && <span className="bad">{say('bad')}</span>}
        {good && pinned !== '' && told && (pinned === told ? <span className="good">{say('same')}</span> : <span className="bad">{say('differs')}</span>)}
      </span>
    </div>
  );
}
