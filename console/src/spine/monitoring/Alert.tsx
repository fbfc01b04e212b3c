import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { ReasonForm } from '../../shell/ReasonForm';
import { Rows } from '../../shell/Rows';
import { exactly } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { useLanguage, useSay, useWords } from '../../shell/words';
import { useNames } from '../identity/organisation';
import { Who } from '../identity/Who';
import { Response, Severity, StateWords, useRules } from './parts';
import { type Alert, dayIsOver, entriesBehind, happened, measureNames } from './sentence';
import { words } from './words';

type Step = Schemas['AlertState'];

/** What may be done next, as the server's rules have it (AlertRules). */
const next: Record<Step, { to: Step; key: 'explain' | 'confirm' | 'close'; go: 'goExplain' | 'goConfirm' | 'goClose' }[]> = {
  open: [],
  taken: [
    { to: 'explained', key: 'explain', go: 'goExplain' },
    { to: 'confirmed', key: 'confirm', go: 'goConfirm' },
  ],
  explained: [{ to: 'closed', key: 'close', go: 'goClose' }],
  confirmed: [{ to: 'closed', key: 'close', go: 'goClose' }],
  closed: [],
};

/** One alert: what happened, the entries behind it, what was done, and what can be done next. */
export default function AlertPage() {
  const say = useWords(words);
  const [query] = useSearchParams();
  const id = query.get('id') ?? '';
  const asked = useQuery({ queryKey: ['alert', id], enabled: id !== '', queryFn: () => call(() => api.GET('/v1/alerts/{id}', { params: { path: { id } } })) });
  return (
    <>
      <Link to="/incidents/alerts">‹ {say('back')}</Link>
      {id === '' ? (
        <p className="quiet">{say('noAlert')}</p>
      ) : (
        <Listing asked={asked} isEmpty={() => false}>
          {(alert) => <Content alert={alert} />}
        </Listing>
      )}
    </>
  );
}

function Content({ alert }: { alert: Alert }) {
  const say = useWords(words);
  const language = useLanguage();
  const me = useMe();
  const rules = useRules();
  const { nameOf } = useNames();
  return (
    <>
      <h1>
        {alert.person && <Who id={alert.person} />} {happened(alert, rules, language)}
      </h1>
      <section className="panel stack" aria-label={say('what')}>
        <div className="row wrap">
          <Severity alert={alert} />
          <StateWords alert={alert} />
          <span className="spread" />
          <span className="quiet num">{exactly(alert.raised, language)}</span>
        </div>
        <Response alert={alert} />
        <div className="row wrap">
          {me.policies.has('audit.read') ? (
            <Link to={`/${entriesBehind(alert, rules)}`}>{say('entries')}</Link>
          ) : (
            <span className="quiet">{say('entriesElsewhere')}</span>
          )}
          {me.policies.has('people.manage') && alert.person && alert.state !== 'closed' && (
            <Link to={`/people/person?id=${alert.person}`}>{say('sessions')}</Link>
          )}
        </div>
        <Next alert={alert} />
      </section>
      <section className="panel stack" aria-label={say('steps')}>
        <h2>{say('steps')}</h2>
        {alert.steps.length === 0 ? (
          <p className="quiet">{say('noSteps')}</p>
        ) : (
          <ul className="todos">
            {alert.steps.map((step) => (
              <li key={`${step.at}-${step.to}`}>
                <span className="num quiet">{exactly(step.at, language)}</span> {nameOf(step.by)} · {say(step.to)}
                {step.reason && <div>{step.reason}</div>}
              </li>
            ))}
          </ul>
        )}
      </section>
      {alert.person && !dayIsOver(alert, Date.now()) && <Habits person={alert.person} />}
    </>
  );
}

function Next({ alert }: { alert: Alert }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [to, setTo] = useState<Step | null>(null);
  const step = (body: Schemas['AlertStepAsk']) =>
    run(async () => {
      const params = { path: { id: alert.id } };
      queries.setQueryData(['alert', alert.id], await call(() => api.POST('/v1/alerts/{id}/step', { params, body })));
      setTo(null);
      await Promise.all(['alerts', 'todo'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  const chosen = next[alert.state].find((one) => one.to === to);
  return (
    <>
      {fault !== null && <ProblemNote fault={fault} />}
      {chosen ? (
        <>
          {chosen.to === 'closed' && alert.response !== 'notify' && <p className="quiet">{say('closeLifts')}</p>}
          <ReasonForm
            label={say('why')}
            go={say(chosen.go)}
            danger={chosen.to === 'confirmed'}
            busy={busy}
            onSend={(reason) => void step({ to: chosen.to, reason })}
            onLeave={() => setTo(null)}
          />
        </>
      ) : (
        <div className="row wrap">
          {alert.state === 'open' && (
            <Button type="primary" loading={busy} onClick={() => void step({ to: 'taken' })}>
              {say('take')}
            </Button>
          )}
          {next[alert.state].map((one) => (
            <Button key={one.to} onClick={() => setTo(one.to)}>
              {say(one.key)}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}

function Habits({ person }: { person: string }) {
  const say = useWords(words);
  const tell = useSay();
  const asked = useQuery({
    queryKey: ['habits', person],
    queryFn: () => call(() => api.GET('/v1/monitoring/people/{id}', { params: { path: { id: person } } })),
  });
  const tenths = (value: number | null | undefined) => (value == null ? <span className="quiet">{say('unknown')}</span> : value / 10);
  return (
    <section className="panel stack" aria-label={say('habits')}>
      <h2>{say('habits')}</h2>
      <p className="quiet">{say('habitsHint')}</p>
      <Listing asked={asked} isEmpty={(habits) => habits.measures.length === 0}>
        {(habits) => (
          <Rows
            label={say('habits')}
            rows={habits.measures}
            id={(one) => one.measure}
            columns={[
              { key: 'measure', title: say('measure'), plain: true, cell: (one) => tell(measureNames[one.measure] ?? { zh: one.measure, en: one.measure }) },
              { key: 'today', title: say('today'), num: true, cell: (one) => one.today },
              { key: 'usual', title: say('usual'), num: true, cell: (one) => tenths(one.ownTenths) },
              { key: 'peer', title: say('colleagues'), num: true, cell: (one) => tenths(one.peerTenths) },
            ]}
          />
        )}
      </Listing>
    </section>
  );
}
