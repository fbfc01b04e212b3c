import { Modal } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Page } from './pages';
import { defineWords, type Two, useSay, useWords } from './words';

const words = defineWords(
  'palette',
  { title: '命令', hint: '输入要去的地方或要做的事', none: '没有这样的命令。' },
  { title: 'Commands', hint: 'Where to go, or what to do', none: 'No such command.' },
);

export interface Command {
  key: string;
  title: Two;
  run: () => void;
}

/** Both languages are searched whatever is being read: who types "log" or 日志 finds the same. */
export function matching(commands: Command[], typed: string): Command[] {
  const wanted = typed.trim().toLowerCase();
  return wanted === '' ? commands : commands.filter((command) => `${command.title.zh} ${command.title.en} ${command.key}`.toLowerCase().includes(wanted));
}

/** Ctrl-K: every page and command by name, without the mouse. */
export function Palette({ open, onClose, pages, commands }: { open: boolean; onClose: () => void; pages: Page[]; commands: Command[] }) {
  const say = useWords(words);
  const tell = useSay();
  const go = useNavigate();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const all = useMemo(
    () => [...pages.map((page) => ({ key: page.path, title: page.title, run: () => void go(`/${page.path}`) })), ...commands],
    [pages, commands, go],
  );
  const found = matching(all, typed);
  useEffect(() => {
    setTyped('');
    setAt(0);
  }, [open]);

  const choose = (command: Command | undefined) => {
    if (command) {
      onClose();
      command.run();
    }
  };
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setAt((before) => (found.length === 0 ? 0 : (before + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length));
    } else if (event.key === 'Enter') {
      // Closing gives the focus back at once; without this the same key press would press that button too.
      event.preventDefault();
      choose(found[at]);
    }
  };

  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      width={520}
      title={<span className="hidden-from-sight">{say('title')}</span>}
      destroyOnHidden
      className="palette"
      afterOpenChange={(shown) => shown && field.current?.focus()}
    >
      <input
        ref={field}
        className="palette-field"
        value={typed}
        placeholder={say('hint')}
        aria-label={say('hint')}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[at] ? `command-${at}` : undefined}
        autoComplete="off"
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div id="palette-list" role="listbox" aria-label={say('title')} className="palette-list">
        {found.map((command, i) => (
          <div
            key={command.key}
            id={`command-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onMouseEnter={() => setAt(i)}
            onClick={() => choose(command)}
            onKeyDown={onKey}
          >
            {tell(command.title)}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="quiet empty">{say('none')}</p>}
    </Modal>
  );
}
