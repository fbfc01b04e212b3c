import { Button } from 'antd';
import { defineWords, useWords } from '../../shell/words';

const words = defineWords('once', { copy: '复制', kept: '已保存,关闭' }, { copy: 'Copy', kept: 'Kept; close' });

/** A secret that is shown once and forgotten with this component. */
export function Once({ label, value, onKept }: { label: string; value: string; onKept: () => void }) {
  const say = useWords(words);
  return (
    <div className="stack" role="status">
      <p>{label}</p>
      <code className="num once">{value}</code>
      <div className="row">
        <Button onClick={() => void navigator.clipboard.writeText(value)}>{say('copy')}</Button>
        <Button type="primary" onClick={onKept}>
          {say('kept')}
        </Button>
      </div>
    </div>
  );
}
