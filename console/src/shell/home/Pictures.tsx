import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { Link } from 'react-router';
import { api, call } from '../../api/client';
import { useApprovals } from '../../spine/approvals/Queue';
import { useTitle } from '../../spine/approvals/shared';
import { Listing } from '../Listing';
import { type Me, useMe } from '../me';
import { defineWords, useLanguage, useSay, useWords } from '../words';
import { type Bar, bars } from './picture';
import './home.css';

const Chart = lazy(() => import('./Chart'));

const words = defineWords(
  'home',
  {
    figures: '最近 30 天',
    views: '员工查看,按用途',
    viewsNone: '这段时间没有查看。',
    refusals: '被拦下的操作,按原因',
    refusalsNone: '这段时间没有操作被拦下。',
    consents: '员工办理的同意',
    consentsNone: '这段时间没有办理同意或撤回。',
    open: '进行中的审批',
    openNone: '没有进行中的审批。',
    all: '全公司员工,不含系统接口',
    units: '本单位及下级的员工,不含系统接口',
    mine: '您看得到的申请',
    rest: '其他',
    table: '数字',
    what: '项目',
    count: '次数',
    requests: '件数',
    'consent-recorded': '登记同意或不同意',
    'consent-withdrawn': '撤回同意',
  },
  {
    figures: 'The last 30 days',
    views: 'Views by staff, by purpose',
    viewsNone: 'Nobody viewed anything in this time.',
    refusals: 'Acts that were stopped, by reason',
    refusalsNone: 'Nothing was stopped in this time.',
    consents: 'Consents handled by staff',
    consentsNone: 'No consent was recorded or taken back in this time.',
    open: 'Approvals on their way',
    openNone: 'No approval is on its way.',
    all: 'Staff of the whole company; systems not counted',
    units: 'Staff of your unit and below; systems not counted',
    mine: 'Requests you may see',
    rest: 'other',
    table: 'Numbers',
    what: 'What',
    count: 'Times',
    requests: 'Requests',
    'consent-recorded': 'consent given or refused',
    'consent-withdrawn': 'consent taken back',
  },
);

/** At most three pictures, of what the person may open: each bar leads to the entries or the list behind it. */
export default function Pictures() {
  const me = useMe();
  const counted = me.policies.has('figures.read');
  return (
    <div className="pictures">
      {counted && <Figures />}
      {!(counted && me.policies.has('audit.read')) && <OpenApprovals />}
    </div>
  );
}

/** The entries behind a bar, for who may read the log. */
const behind = (me: Me, from: number, query: Record<string, string>): string | null =>
  me.policies.has('audit.read') ? `/assurance/log?${new URLSearchParams({ from: String(from), ...query })}` : null;

function Figures() {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const asked = useQuery({ queryKey: ['figures'], staleTime: 60_000, queryFn: () => call(() => api.GET('/v1/figures')) });
  const drawn = useMemo(() => {
    if (!asked.data) return undefined;
    const { from, views, refusals, consents, reach } = asked.data;
    const purpose = (key: string) => tell(me.words.purposes.find((one) => one.key === key) ?? { zh: key, en: key });
    return {
      reach: `${say('figures')} · ${say(reach === 'all' ? 'all' : 'units')}`,
      views: bars(
        views.map((line) => ({
          ...line,
          name: purpose(line.key),
          to: behind(me, from, { act: 'view', purpose: line.key, decision: 'permit' }) ?? `/settings/authorisations?purpose=${line.key}`,
        })),
        say('rest'),
      ),
      refusals: bars(
        refusals.map((line) => ({ key: line.key, days: line.days, name: short(line[language]), to: behind(me, from, { reason: line.key }) })),
        say('rest'),
      ),
      consents: bars(
        consents.map((line) => ({
          ...line,
          name: line.key in words.zh ? say(line.key as 'consent-recorded') : line.key,
          to: behind(me, from, { act: line.key }),
        })),
        say('rest'),
      ),
    };
  }, [asked.data, language, me, say, tell]);
  const one = (title: string, none: string, of: 'views' | 'refusals' | 'consents') => (
    <Picture title={title} note={drawn?.reach ?? ''}>
      <Listing asked={{ ...asked, data: drawn?.[of] }} isEmpty={(list) => list.length === 0} empty={none}>
        {(list) => <Drawn bars={list} count={say('count')} />}
      </Listing>
    </Picture>
  );
  return (
    <>
      {one(say('views'), say('viewsNone'), 'views')}
      {me.policies.has('audit.read') && one(say('refusals'), say('refusalsNone'), 'refusals')}
      {me.policies.has('audit.read') && one(say('consents'), say('consentsNone'), 'consents')}
    </>
  );
}

function OpenApprovals() {
  const say = useWords(words);
  const title = useTitle();
  const asked = useApprovals();
  const drawn = useMemo(() => {
    if (!asked.data) return undefined;
    const open = asked.data.filter((one) => one.state === 'requested');
    const counts = new Map<string, { name: string; n: number }>();
    for (const one of open) {
      const name = title(one);
      counts.set(name, { name, n: (counts.get(name)?.n ?? 0) + 1 });
    }
    return bars(
      [...counts.values()].map((one) => ({ key: one.name, name: one.name, days: [one.n], to: '/approvals' })),
      say('rest'),
    );
  }, [asked.data, say, title]);
  // Nothing on its way is no picture: the list of to-dos above says as much.
  if (drawn?.length === 0 && asked.error === null) return null;
  return (
    <Picture title={say('open')} note={say('mine')}>
      <Listing asked={{ ...asked, data: drawn }} isEmpty={(list) => list.length === 0} empty={say('openNone')}>
        {(list) => <Drawn bars={list} count={say('requests')} />}
      </Listing>
    </Picture>
  );
}

/** A reason's sentence up to its first stop: enough to know it by. */
const short = (sentence: string): string => sentence.split(/[。;;.]/)[0] ?? sentence;

function Picture({ title, note, children }: { title: string; note: string; children: React.ReactNode }) {
  return (
    <section className="panel stack picture" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <p className="quiet">{note}</p>
      </header>
      {children}
    </section>
  );
}

/** The picture, and the same numbers as a table whose lines lead to the same places. */
function Drawn({ bars: shown, count }: { bars: readonly Bar[]; count: string }) {
  const say = useWords(words);
  return (
    <>
      <Suspense fallback={<div className="chart" style={{ height: shown.length * 38 + 6 }} />}>
        <Chart bars={shown} />
      </Suspense>
      <details>
        <summary>{say('table')}</summary>
        <table className="numbers">
          <thead>
            <tr>
              <th scope="col">{say('what')}</th>
              <th scope="col">{count}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((bar) => (
              <tr key={bar.key}>
                <th scope="row">{bar.to ? <Link to={bar.to}>{bar.name}</Link> : bar.name}</th>
                <td className="num">{bar.n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
