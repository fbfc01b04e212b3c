import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { defineWords, useWords } from '../../shell/words';
import { useApprovals } from '../approvals/Queue';
import { type Approval, stands } from '../approvals/shared';

const words = defineWords(
  'own-acts',
  { ready: '另一位管理员已批准,等您办理', waiting: '等待另一位管理员批准', open: '查看申请' },
  { ready: 'Approved by the other administrator; carry it out', waiting: 'Waiting for the other administrator', open: 'See the request' },
);

export interface OwnAct<Act> {
  one: Approval;
  act: Act;
}

/** Own acts that take two people and are asked for or approved; `read` tells which requests those are. */
export function useOwnActs<Act>(read: (one: Approval) => Act | null): OwnAct<Act>[] {
  const me = useMe();
  return (useApprovals().data ?? []).flatMap((one) => {
    const act = read(one);
    return act && one.requester === me.session.person && (stands(one) || one.state === 'requested') ? [{ one, act }] : [];
  });
}

/** Each of them with where it stands; `go` holds what carries an approved one out. */
export function OwnActs<Act>({
  label,
  own,
  name,
  go,
  fault,
  children,
}: {
  label: string;
  own: readonly OwnAct<Act>[];
  name: (act: Act) => string;
  go: (own: OwnAct<Act>) => ReactNode;
  fault: unknown;
  children?: ReactNode;
}) {
  const say = useWords(words);
  return (
    <section className="panel stack" aria-label={label}>
      <h2>{label}</h2>
      {fault !== null && <ProblemNote fault={fault} />}
      {children}
      <ul className="todos">
        {own.map((each) => (
          <li key={each.one.id} className="row wrap">
            <span>{name(each.act)}</span>
            <span className={stands(each.one) ? 'good' : 'quiet'}>{say(stands(each.one) ? 'ready' : 'waiting')}</span>
            <span className="spread" />
            <Link to={`/approvals/request?id=${each.one.id}`}>{say('open')}</Link>
            {stands(each.one) && go(each)}
          </li>
        ))}
      </ul>
    </section>
  );
}
