import { useState } from 'react';
import { defineWords, useWords } from './words';
import './file.css';

const words = defineWords('file-field', { choose: '选择文件', none: '未选文件' }, { choose: 'Choose a file', none: 'no file yet' });

/** A file to choose, in the console's own language: the browser's own field speaks the browser's. */
export function FileField({ id, accept, onFile }: { id: string; accept: string; onFile: (file: File | undefined) => void }) {
  const say = useWords(words);
  const [name, setName] = useState<string | null>(null);
  return (
    <span className="file-field">
      <input
        id={id}
        type="file"
        accept={accept}
        onChange={(event) => {
          const file = event.target.files?.[0];
          setName(file?.name ?? null);
          onFile(file);
        }}
      />
      <span className="file-choose" aria-hidden>
        {say('choose')}
      </span>
      <span className="quiet" aria-hidden>
        {name ?? say('none')}
      </span>
    </span>
  );
}
