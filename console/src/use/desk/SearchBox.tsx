import { Button, Input, type InputRef } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { api, call } from '../../api/client';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useWords } from '../../shell/words';
import type { Service } from './Desk';
import { recognise } from './recognise';
import { words } from './words';

type Note = 'nobody' | 'unknown' | 'nameNeeded' | null;

/** One box for everything; spaces and dashes do not matter. One hit is opened at once. */
export function SearchBox({ service, first, onChosen }: { service: Service; first: string; onChosen: (customer: string) => Promise<void> }) {
  const say = useWords(words);
  const me = useMe();
  const searchable = useMemo(() => new Set(me.words.items.filter((item) => item.find !== 'none').map((item) => item.key)), [me]);
  const [typed, setTyped] = useState(first);
  const [note, setNote] = useState<Note>(null);
  const [several, setSeveral] = useState<string[]>([]);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<InputRef>(null);

  const find = async (text: string) => {
    const asked = recognise(text, searchable);
    setSeveral([]);
    setFault(null);
    setNote(asked.kind === 'unknown' ? 'unknown' : asked.kind === 'name-needed' ? 'nameNeeded' : null);
    if (asked.kind !== 'find') return;
    setBusy(true);
    try {
      const { kind: _, ...body } = asked;
      const { customers } = await call(() => api.POST('/v1/customers/find', { body: { ...body, purpose: service.purpose, session: service.id } }));
      const only = customers[0];
      if (customers.length === 1 && only) {
        // What was typed is personal: it does not stay on the screen.
        setTyped('');
        await onChosen(only.id);
      } else if (customers.length === 0) {
        setNote('nobody');
      } else {
        setSeveral(customers.map((one) => one.id));
      }
    } catch (thrown) {
      setFault(thrown);
    } finally {
      setBusy(false);
    }
  };

  useEffect(() => {
    field.current?.focus();
    if (first !== '') void find(first);
  }, []);

  return (
    <search className="stack">
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          void find(typed);
        }}
      >
        <Input
          ref={field}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          placeholder={say('find')}
          aria-label={say('findLabel')}
          autoComplete="off"
          spellCheck={false}
          maxLength={128}
          className="num"
        />
        <Button htmlType="submit" loading={busy} disabled={typed.trim() === ''}>
          {say('findGo')}
        </Button>
      </form>
      {fault !== null && <ProblemNote fault={fault} />}
      {note && (
        <p className="warn" role="status">
          {say(note)}
        </p>
      )}
      {several.length > 0 && (
        <div className="row wrap" role="status">
          <span>{say('several', { count: several.length })}</span>
          {several.map((id, i) => (
            <Button
              key={id}
              size="small"
              onClick={() => {
                setTyped('');
                setSeveral([]);
                void onChosen(id);
              }}
            >
              {say('candidate', { n: i + 1 })}
            </Button>
          ))}
        </div>
      )}
    </search>
  );
}
