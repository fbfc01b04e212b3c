import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert } from 'antd';
import { Link, useSearchParams } from 'react-router';
import { api, call } from '../../api/client';
import { LevelMark } from '../../shell/LevelMark';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { exactly, when } from '../../shell/time';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { usePostName } from '../identity/organisation';
import { Decide } from './Decide';
import { isMine, isOwedByMe, nameOf } from './mine';
import { MyCode, OnSite } from './OnSite';
import { Pattern } from './Pattern';
import { PreviewOf } from './PreviewOf';
import { Review } from './Review';
import { Revoke } from './Revoke';
import { type Approval, Countdown, StateMark, stands, useTitle } from './shared';
import { words } from './words';
import './approvals.css';

const own = defineWords(
  'approvals-request',
  {
    heading: '金库授权 · {{title}}',
    back: '返回列表',
    who: '申请人',
    whom: '对象',
    purpose: '用途',
    why: '原因',
    how: '方式',
    term: '期限',
    customers: '客户 {{count}} 人',
    noReason: '没有写原因',
    until: '到 {{when}}',
    booked: '{{from}} 至 {{until}}',
    broken: '这份申请的依据内容打不开(封条不完整),不能据此审批。',
    votes: '审批进展',
    step: '第 {{step}} 步',
    now: '第 {{step}} 步等待答复',
    asked: '先问了 {{name}}',
    overseen: '您未参与这项授权,不显示审批内容;可说明原因收回。',
    lead: '已转值班主管',
    for: '{{name}} 代 {{absent}}',
    signed: '通行密钥签名',
    approve: '批准',
    refuse: '拒绝',
    noVotes: '还没有人答复。',
    taken: '{{name}}于 {{when}} 收回',
    withdrawn: '{{name}}于 {{when}} 撤回',
    answer: '答复理由',
    digest: '申请摘要',
    reviewed: '已复核',
    justified: '属实',
    misused: '不当使用',
  },
  {
    heading: 'Vault approval · {{title}}',
    back: 'Back to the list',
    who: 'Who',
    whom: 'Whom',
    purpose: 'Purpose',
    why: 'Why',
    how: 'How',
    term: 'Until',
    customers: '{{count}} {{count|customer|customers}}',
    noReason: 'No reason given',
    until: '{{when}}',
    booked: '{{from}} to {{until}}',
    broken: 'What this request rests on cannot be opened (its seal is broken). Do not approve on it.',
    votes: 'Progress',
    step: 'Step {{step}}',
    now: 'Step {{step}} waits for an answer',
    asked: '{{name}} was asked first',
    overseen: 'You are no party to this approval and are not shown what the approver saw. You may take it back, with a reason.',
    lead: 'gone on to the duty lead',
    for: '{{name}} for {{absent}}',
    signed: 'signed with a passkey',
    approve: 'approved',
    refuse: 'refused',
    noVotes: 'Nobody has answered yet.',
    taken: 'Taken back by {{name}} at {{when}}',
    withdrawn: 'Withdrawn by {{name}} at {{when}}',
    answer: 'Why',
    digest: 'Digest of the request',
    reviewed: 'Reviewed',
    justified: 'justified',
    misused: 'misused',
  },
);

const waitMs = 5000;

/** One request as a phone card: who, what, whom, why, what is unusual, and the answer (console.md). */
export default function Request() {
  const sayOwn = useWords(own);
  const [query] = useSearchParams();
  const id = query.get('id') ?? '';
  const queries = useQueryClient();
  const asked = useQuery({
    queryKey: ['approval', id],
    queryFn: () => call(() => api.GET('/v1/approvals/{id}', { params: { path: { id } } })),
    refetchInterval: (known) => (known.state.data?.state === 'requested' ? waitMs : false),
  });
  const take = (next: Approval) => {
    queries.setQueryData(['approval', id], next);
    void queries.invalidateQueries({ queryKey: ['approvals'] });
    void queries.invalidateQueries({ queryKey: ['todo'] });
  };
  return (
    <>
      <Link to="/approvals">‹ {sayOwn('back')}</Link>
      <Listing asked={asked} isEmpty={() => false}>
        {(approval) => (
          <div className="request-page">
            <Card approval={approval} take={take} />
            <div className="stack">
              <Progress approval={approval} />
              <Pattern approval={approval} />
            </div>
          </div>
        )}
      </Listing>
    </>
  );
}

function Card({ approval, take }: { approval: Approval; take: (next: Approval) => void }) {
  const sayOwn = useWords(own);
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const title = useTitle();
  const { evidence } = approval;
  const person = me.session.person;
  const mine = approval.requester === person;
  return (
    <section className="panel stack" aria-label={title(approval)}>
      <div className="row wrap">
        <h1>{sayOwn('heading', { title: title(approval) })}</h1>
        <span className="spread" />
        <StateMark state={approval.state} />
      </div>
      <dl className="facts">
        <dt>{sayOwn('who')}</dt>
        <dd>
          {nameOf(approval, approval.requester)} · {approval.unitName}
        </dd>
        {(evidence?.customers ?? 0) > 0 && (
          <>
            <dt>{sayOwn('whom')}</dt>
            <dd>{sayOwn('customers', { count: evidence?.customers ?? 0 })}</dd>
          </>
        )}
        {approval.purpose && (
          <>
            <dt>{sayOwn('purpose')}</dt>
            <dd>{tell(me.words.purposes.find((one) => one.key === approval.purpose) ?? { zh: approval.purpose, en: approval.purpose })}</dd>
          </>
        )}
        {!approval.overseen && (
          <>
            <dt>{sayOwn('why')}</dt>
            <dd>{evidence?.reason || <span className="quiet">{sayOwn('noReason')}</span>}</dd>
          </>
        )}
        <dt>{sayOwn('how')}</dt>
        <dd>{say(approval.mode)}</dd>
        <dt>{sayOwn('term')}</dt>
        <dd className="num">
          {approval.from != null
            ? sayOwn('booked', { from: when(approval.from, language), until: when(approval.until, language) })
            : sayOwn('until', { when: when(approval.until, language) })}
          {stands(approval) && (
            <>
              {' · '}
              <Countdown until={approval.until} />
            </>
          )}
        </dd>
      </dl>
      {approval.overseen ? (
        <p className="quiet">{sayOwn('overseen')}</p>
      ) : evidence === null || evidence === undefined ? (
        <Alert type="error" showIcon={false} role="alert" title={sayOwn('broken')} />
      ) : (
        <PreviewOf text={evidence.preview} mark={(item) => <LevelMark level={me.words.items.find((one) => one.key === item)?.level ?? 4} />} />
      )}
      {(evidence?.unusual?.length ?? 0) > 0 && (
        <ul className="unusual">
          {evidence?.unusual?.map((thing) => (
            <li key={thing.code}>⚠ {tell(thing)}</li>
          ))}
        </ul>
      )}
      {approval.review && (
        <p>
          {sayOwn('reviewed')}: {sayOwn(approval.review.verdict)} · <span className="num">{when(approval.review.at, language)}</span>
        </p>
      )}
      {approval.taken && (
        <p className="warn">
          {sayOwn(approval.taken.person === approval.requester ? 'withdrawn' : 'taken', {
            name: nameOf(approval, approval.taken.person),
            when: when(approval.taken.at, language),
          })}
        </p>
      )}
      {evidence?.answer && (
        <p>
          <span className="quiet">{sayOwn('answer')}:</span> {evidence.answer}
        </p>
      )}
      {isMine(approval, person) && evidence && (approval.mode === 'on-site' ? <MyCode approval={approval} /> : <Decide approval={approval} take={take} />)}
      {mine && approval.state === 'requested' && approval.mode === 'on-site' && <OnSite approval={approval} take={take} />}
      {isOwedByMe(approval, person) && <Review approval={approval} take={take} />}
      {mayRevoke(approval, person) && <Revoke approval={approval} take={take} />}
    </section>
  );
}

/** Who asked, approved or oversees, while there is something to take back (ApprovalRules.Revoke). */
const mayRevoke = (approval: Approval, person: string): boolean =>
  (approval.state === 'requested' || stands(approval)) &&
  (approval.overseen || approval.requester === person || approval.votes.some((vote) => vote.person === person && vote.verdict === 'approve'));

/** Steps and who answered them. */
function Progress({ approval }: { approval: Approval }) {
  const sayOwn = useWords(own);
  const language = useLanguage();
  const post = usePostName();
  return (
    <section className="panel stack" aria-label={sayOwn('votes')}>
      <h2>{sayOwn('votes')}</h2>
      {approval.votes.length === 0 && approval.state !== 'requested' && <p className="quiet">{sayOwn('noVotes')}</p>}
      <ul className="votes">
        {approval.votes.map((vote) => (
          <li key={`${vote.step}-${vote.person}`}>
            <div>
              {sayOwn('step', { step: vote.step })} ·{' '}
              {vote.for ? sayOwn('for', { name: nameOf(approval, vote.person), absent: nameOf(approval, vote.for) }) : nameOf(approval, vote.person)}(
              {post(vote.post)}) <span className={vote.verdict === 'approve' ? 'good' : 'bad'}>{sayOwn(vote.verdict)}</span>
            </div>
            <div className="quiet num">
              {exactly(vote.at, language)}
              {vote.signed && ` · ${sayOwn('signed')}`}
            </div>
          </li>
        ))}
        {approval.state === 'requested' && (
          <li className="row wrap">
            <span>{sayOwn('now', { step: approval.step })}</span>
            <span className="spread" />
            {approval.answer != null && <Countdown until={approval.answer} />}
            {approval.stage === 'asked' && approval.asked && <div className="quiet">{sayOwn('asked', { name: nameOf(approval, approval.asked) })}</div>}
            {approval.stage === 'lead' && <div className="quiet">{sayOwn('lead')}</div>}
          </li>
        )}
      </ul>
      <p className="quiet num">
        {sayOwn('digest')} {approval.digest.slice(0, 16)}…
      </p>
    </section>
  );
}
