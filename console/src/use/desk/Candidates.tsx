import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { useWords } from '../../shell/words';
import { words } from './words';

/** Who the caller may be, by the number that the server alone knows: one is opened at once, several are told apart by their masked names. */
export function Candidates({ ring, onChosen }: { ring: string; onChosen: (customer: string) => Promise<void> }) {
  const say = useWords(words);
  const [found, setFound] = useState<Schemas['CallCandidate'][] | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [chosen, setChosen] = useState(false);
  const asked = useRef(false);
  const first = useRef<HTMLButtonElement>(null);
  const choose = (id: string) => {
    setChosen(true);
    void onChosen(id);
  };

  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void (async () => {
      try {
        const { customers } = await call(() => api.POST('/v1/calls/{id}/candidates', { params: { path: { id: ring } } }));
        const only = customers.length === 1 ? customers[0] : undefined;
        if (only) choose(only.id);
        else setFound(customers);
      } catch (thrown) {
        setFault(thrown);
      }
    })();
  }, []);
  useEffect(() => first.current?.focus(), [found]);

  if (fault !== null) return <ProblemNote fault={fault} />;
  if (chosen || found === null) return null;
  return (
    <div className="row wrap" role="status">
      <span className={found.length === 0 ? 'warn' : undefined}>{found.length === 0 ? say('noCandidate') : say('candidates', { count: found.length })}</span>
      {found.map((one, i) => (
        <Button key={one.id} ref={i === 0 ? first : undefined} onClick={() => choose(one.id)}>
          {one.name ?? say('candidate', { n: i + 1 })}
        </Button>
      ))}
    </div>
  );
}
