import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api, call } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { when } from '../../shell/time';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { dueOf, isMine, isOwedByMe, nameOf } from './mine';
import { type Approval, Countdown, StateMark, stands, useTitle } from './shared';
import { words } from './words';
import './approvals.css';

const own = defineWords(
  'approvals-queue',
  {
    customers: '客户 {{count}} 人',
    step: '第 {{step}} 步,共 {{steps}} 步',
    uses: '还可用 {{count}} 次',
    unlimited: '期限内不限次数',
    booked: '{{when}} 起',
    review: '等您复核',
    delegations: '请人代审',
  },
  {
    customers: '{{count}} {{count|customer|customers}}',
    step: 'Step {{step}} of {{steps}}',
    uses: '{{count}} {{count|use|uses}} left',
    unlimited: 'No limit of uses within its term',
    booked: 'from {{when}}',
    review: 'Needs your review',
    delegations: 'Stand-ins',
  },
);

export type View = 'mine' | 'asked' | 'force' | 'done';
const views: View[] = ['mine', 'asked', 'force', 'done'];
/** A grant that holds for a term instead of a number begins with a thousand uses (SceneRow.ManyUses). */
const many = 500;

/** What waits may arrive at any time, and who waits has a caller on the line; every reading is an entry, so nothing asks more often. */
const everyMs = 15_000;

export const useApprovals = () =>
  useQuery({ queryKey: ['approvals'], refetchInterval: everyMs, queryFn: async () => (await call(() => api.GET('/v1/approvals'))).approvals });

export function sorted(approvals: readonly Approval[], view: View, person: string): Approval[] {
  const of = (belongs: (approval: Approval) => boolean) => approvals.filter(belongs);
  switch (view) {
    case 'mine':
      return of((one) => isMine(one, person) || isOwedByMe(one, person)).sort((a, b) => dueOf(a) - dueOf(b));
    case 'asked':
      return of((one) => one.requester === person);
    case 'force':
      return of(stands).sort((a, b) => a.until - b.until);
    case 'done':
      return of((one) => one.requester !== person && one.state !== 'requested' && !stands(one) && !isOwedByMe(one, person));
  }
}

/** Requests: mine to decide, my own, those in force, those that are over. */
export default function Queue() {
  const say = useWords(words);
  const sayOwn = useWords(own);
  const me = useMe();
  const go = useNavigate();
  const [query, setQuery] = useSearchParams();
  const asked = useApprovals();
  const view = views.find((one) => one === query.get('view')) ?? 'mine';
  const person = me.session.person;
  const shown = asked.data ? sorted(asked.data, view, person) : undefined;
  const waiting = asked.data ? sorted(asked.data, 'mine', person).length : 0;
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Button size="small" onClick={() => void go('/approvals/delegations')}>
          {sayOwn('delegations')}
        </Button>
      </div>
      <Segmented<View>
        aria-label={say('views')}
        value={view}
        onChange={(next) => setQuery(next === 'mine' ? {} : { view: next }, { replace: true })}
        options={views.map((one) => ({ value: one, label: one === 'mine' && waiting > 0 ? `${say(one)} ${waiting}` : say(one) }))}
      />
      <Listing asked={{ ...asked, data: shown }} isEmpty={(list) => list.length === 0} empty={say(`${view}None`)}>
        {(list) => (
          <ul className="panel requests">
            {list.map((one) => (
              <Line key={one.id} approval={one} person={person} />
            ))}
          </ul>
        )}
      </Listing>
    </>
  );
}

function Line({ approval, person }: { approval: Approval; person: string }) {
  const say = useWords(words);
  const sayOwn = useWords(own);
  const language = useLanguage();
  const title = useTitle();
  const counted = approval.evidence?.customers ?? 0;
  const unusual = approval.evidence?.unusual?.length ?? 0;
  return (
    <li>
      <Link to={`/approvals/request?id=${approval.id}`} className="request">
        <span className="request-title">
          {title(approval)}
          {unusual > 0 && approval.state === 'requested' && (
            <span className="warn num" title={approval.evidence?.unusual?.[0]?.[language]}>
              {' '}
              ⚠ {unusual}
            </span>
          )}
        </span>
        <span className="quiet request-who">
          {approval.evidence?.reason && <span className="request-why">{approval.evidence.reason}</span>}
          {nameOf(approval, approval.requester)} · {approval.unitName}
          {counted > 0 && ` · ${sayOwn('customers', { count: counted })}`}
          {approval.mode === 'none' && ` · ${say('emergency')}`}
        </span>
        <span className="request-state">
          {isOwedByMe(approval, person) ? <span className="warn">{sayOwn('review')}</span> : <StateMark state={approval.state} />}
          {approval.state === 'requested' && approval.steps > 1 && (
            <span className="quiet"> · {sayOwn('step', { step: approval.step, steps: approval.steps })}</span>
          )}
        </span>
        <span className="request-due">
          {stands(approval) && approval.from != null && approval.from > Date.now() ? (
            <span className="quiet num">{sayOwn('booked', { when: when(approval.from, language) })}</span>
          ) : stands(approval) || approval.state === 'requested' || isOwedByMe(approval, person) ? (
            <Countdown until={stands(approval) && !isOwedByMe(approval, person) ? approval.until : dueOf(approval)} />
          ) : (
            <span className="quiet num">{when(approval.decided ?? approval.requested, language)}</span>
          )}
          {stands(approval) && !isOwedByMe(approval, person) && (
            <span className="quiet num"> · {approval.usesLeft >= many ? sayOwn('unlimited') : sayOwn('uses', { count: approval.usesLeft })}</span>
          )}
        </span>
      </Link>
    </li>
  );
}
