import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { Link, useSearchParams } from 'react-router';
import { api, call } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { Back, Pager } from '../../shell/Pager';
import { type Place, pageOver, placeIn } from '../../shell/paging';
import { Rows } from '../../shell/Rows';
import { ago } from '../../shell/time';
import { useLanguage, useWords } from '../../shell/words';
import { Who } from '../identity/Who';
import { Response, Severity, StateWords, useRules } from './parts';
import { type Alert, bySeverity, happened } from './sentence';
import { words } from './words';

const views = { waiting: ['open', 'taken'], answered: ['explained', 'confirmed'], closed: ['closed'] } as const;
type View = keyof typeof views;

/** Alerts by severity and age; those that wait come first, and each is one sentence (R52). */
export default function Alerts() {
  const say = useWords(words);
  const language = useLanguage();
  const [query, setQuery] = useSearchParams();
  const view: View = (Object.keys(views) as View[]).find((one) => one === query.get('view')) ?? 'waiting';
  const states: readonly Alert['state'][] = views[view];
  const from = placeIn(query, states);
  const rules = useRules();
  const asked = useQuery({
    queryKey: ['alerts', view, from],
    queryFn: () =>
      pageOver(states, from, async (state, after) => {
        const page = await call(() => api.GET('/v1/alerts', { params: { query: { state, ...(after && { after }) } } }));
        return { rows: page.alerts, next: page.next };
      }),
  });
  const older = (place: Place<string>) => new URLSearchParams({ view, in: place.state, after: place.after }).toString();
  const begin = `view=${view}`;
  const now = Date.now();
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <span className="quiet">{say('own')}</span>
      </div>
      <Segmented<View>
        aria-label={say('views')}
        value={view}
        onChange={(next) => setQuery(next === 'waiting' ? {} : { view: next }, { replace: true })}
        options={(Object.keys(views) as View[]).map((one) => ({ value: one, label: say(one) }))}
      />
      <Listing asked={asked} isEmpty={(page) => page.rows.length === 0} empty={from ? <Back first={begin} /> : say('none')}>
        {(page) => (
          <section className="panel stack" aria-label={say(view)}>
            <Rows<Alert>
              label={say(view)}
              rows={view === 'closed' ? page.rows : bySeverity(page.rows)}
              id={(one) => one.id}
              marked={(one) => one.stage === 'act' && one.state === 'open'}
              columns={[
                { key: 'severity', title: say('severity'), plain: true, cell: (one) => <Severity alert={one} /> },
                {
                  key: 'what',
                  title: say('what'),
                  plain: true,
                  cell: (one) => (
                    <>
                      {one.person && <Who id={one.person} />} <Link to={`/incidents/alert?id=${one.id}`}>{happened(one, rules, language)}</Link>
                      <Response alert={one} />
                    </>
                  ),
                },
                {
                  key: 'state',
                  title: say('state'),
                  cell: (one) => (
                    <>
                      <StateWords alert={one} />
                      {one.escalated && one.state === 'open' && <div className="warn">{say('escalated')}</div>}
                    </>
                  ),
                },
                { key: 'raised', title: say('raised'), num: true, cell: (one) => ago(one.raised, now, language) },
              ]}
            />
            <Pager first={from && begin} next={page.next && older(page.next)} />
          </section>
        )}
      </Listing>
    </>
  );
}
