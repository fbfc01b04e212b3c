import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { api, call } from '../api/client';
import { Listing } from '../shell/Listing';
import { useSay, useWords } from '../shell/words';
import { Sheet } from './Sheet';
import { staffChannels } from './submission';
import { words } from './words';
import './collect.css';

/** A published form, filled in by staff while the person is there. The address names the form and nobody else. */
export default function Collect() {
  const say = useWords(words);
  const tell = useSay();
  const [address] = useSearchParams();
  const key = address.get('form');
  const asked = useQuery({
    queryKey: ['forms-open'],
    queryFn: async () => {
      const { forms } = await call(() => api.GET('/v1/forms'));
      return forms.flatMap((form) => (form.open && staffChannels.includes(form.open.form.channel) ? [form.open] : []));
    },
    staleTime: 60_000,
  });
  return (
    <>
      <h1>{say('title')}</h1>
      <Listing asked={asked} isEmpty={(forms) => forms.length === 0} empty={say('none')}>
        {(forms) => {
          const chosen = forms.find((one) => one.form.key === key);
          if (chosen) return <Sheet key={`${chosen.form.key}/${chosen.version}`} version={chosen} />;
          return (
            <section className="panel stack" aria-label={say('choose')}>
              {key !== null && <p className="warn">{say('unknown')}</p>}
              <h2>{say('choose')}</h2>
              <ul className="todos">
                {forms.map((one) => (
                  <li key={one.form.key} className="row">
                    <Link to={{ search: `form=${one.form.key}` }}>{tell(one.form.title)}</Link>
                    <span className="spread" />
                    <span className="quiet num">{say('version', { n: one.version })}</span>
                  </li>
                ))}
              </ul>
            </section>
          );
        }}
      </Listing>
    </>
  );
}
