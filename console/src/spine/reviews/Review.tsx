import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Segmented } from 'antd';
import { Link, useSearchParams } from 'react-router';
import { api, call } from '../../api/client';
import { save } from '../../shell/file';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { pageOver, placeIn } from '../../shell/paging';
import { when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { Lines } from './Lines';
import type { Campaign, Line } from './lines';
import { Progress } from './Reviews';
import { reviewWords } from './reviewWords';
import { Second } from './Second';
import './reviews.css';
import { Back, Pager } from '../../shell/Pager';

const words = defineWords(
  'access-review',
  {
    back: '返回权限复核',
    noReview: '没有指定复核,请从列表里打开。',
    views: '决定状态',
    waiting: '待决定',
    all: '全部',
    'none-waiting': '没有等您决定的权限。',
    'none-all': '这次复核里没有归您决定的权限。',
    deadline: '截止 {{when}}',
    late: '已过截止时间:没有确认的权限已停用,确认后立即恢复。',
    close: '结束并签署报告',
    closeSure: '结束后不能再改。逐项核对快照,签署报告。',
    yes: '结束',
    no: '返回',
    report: '下载签名报告',
    reportHint: '报告由本系统的凭证密钥签名,只含编号和数字。',
  },
  {
    back: 'Back to access reviews',
    noReview: 'No review is named. Open one from the list.',
    views: 'State of decision',
    waiting: 'To decide',
    all: 'All',
    'none-waiting': 'No right waits for your decision.',
    'none-all': 'This review holds no right that is yours to decide.',
    deadline: 'by {{when}}',
    late: 'The deadline has passed: what nobody confirmed is suspended, and is back as soon as somebody does.',
    close: 'Close and sign the report',
    closeSure: 'It cannot be changed afterwards. Every line of the snapshot is checked and the report signed.',
    yes: 'Close it',
    no: 'Back',
    report: 'Download the signed report',
    reportHint: "Signed with this installation's receipt key; ids and figures only.",
  },
);

// After the deadline what waits has other names: it rests, or it could not be put to rest.
const waiting: readonly Line['state'][] = ['open', 'suspended', 'escalated'];

/** One access review: its lines, unused ones first, its second look, its report. */
export default function Review() {
  const say = useWords(words);
  const [query, setQuery] = useSearchParams();
  const id = query.get('id') ?? '';
  const view = query.get('view') === 'all' ? 'all' : 'waiting';
  const params = { path: { id } };
  const campaign = useQuery({ queryKey: ['access-review', id], enabled: id !== '', queryFn: () => call(() => api.GET('/v1/access-reviews/{id}', { params })) });
  const over = campaign.data?.state === 'overdue';
  const states: readonly (Line['state'] | 'all')[] = view === 'all' ? ['all'] : over ? waiting : ['open'];
  const from = placeIn(query, states);
  const asked = useQuery({
    queryKey: ['access-review-lines', id, view, from, over],
    enabled: campaign.data !== undefined,
    queryFn: () =>
      pageOver(states, from, async (state, after) => {
        const asks = { ...(state !== 'all' && { state }), ...(after && { after }) };
        const page = await call(() => api.GET('/v1/access-reviews/{id}/lines', { params: { ...params, query: asks } }));
        return { rows: page.lines, next: page.next };
      }),
  });
  if (id === '')
    return (
      <>
        <Link to="/assurance/reviews">‹ {say('back')}</Link>
        <p className="quiet">{say('noReview')}</p>
      </>
    );
  const at = (next: Record<string, string>) => new URLSearchParams({ id, ...(view === 'all' && { view }), ...next }).toString();
  const begin = at({});
  return (
    <>
      <Link to="/assurance/reviews">‹ {say('back')}</Link>
      <Listing asked={campaign} isEmpty={() => false}>
        {(one) => (
          <>
            <Head campaign={one} />
            <Second campaign={one} />
            <Segmented
              aria-label={say('views')}
              value={view}
              onChange={(next) => setQuery(next === 'all' ? { id, view: 'all' } : { id }, { replace: true })}
              options={[
                { value: 'waiting', label: say('waiting') },
                { value: 'all', label: say('all') },
              ]}
            />
            <Listing asked={asked} isEmpty={(page) => page.rows.length === 0} empty={from ? <Back queue first={begin} /> : say(`none-${view}`)}>
              {(page) => (
                <section className="panel stack" aria-label={say(view)}>
                  <Lines key={`${view}-${from?.after}`} campaign={one} lines={page.rows} />
                  <Pager queue first={from && begin} next={page.next && at({ in: page.next.state, after: page.next.after })} />
                </section>
              )}
            </Listing>
          </>
        )}
      </Listing>
    </>
  );
}

function Head({ campaign }: { campaign: Campaign }) {
  const say = useWords(words);
  const states = useWords(reviewWords);
  const language = useLanguage();
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const params = { path: { id: campaign.id } };
  const name = `access-review-${campaign.id.slice(0, 8)}.json`;
  const close = () =>
    run(async () => {
      const report = await call(() => api.POST('/v1/access-reviews/{id}/close', { params }));
      save(name, JSON.stringify(report));
      await Promise.all(['access-review', 'access-reviews', 'todo'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  const take = () => run(async () => save(name, JSON.stringify(await call(() => api.GET('/v1/access-reviews/{id}/report', { params })))));
  const closed = campaign.state === 'closed';
  return (
    <>
      <div className="row wrap">
        <h1>{campaign.name}</h1>
        <span className={closed ? 'good' : campaign.state === 'overdue' ? 'bad' : 'warn'}>{states(`campaign-${campaign.state}`)}</span>
        <span className="quiet num">{say('deadline', { when: when(campaign.deadline, language) })}</span>
        <span className="spread" />
        {closed && (
          <Button type="primary" loading={busy} title={say('reportHint')} onClick={() => void take()}>
            {say('report')}
          </Button>
        )}
        {!closed && me.policies.has('reviews.manage') && (
          <Popconfirm title={say('closeSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void close()}>
            <Button loading={busy}>{say('close')}</Button>
          </Popconfirm>
        )}
      </div>
      {fault !== null && <ProblemNote fault={fault} />}
      {campaign.state === 'overdue' && <p className="bad">{say('late')}</p>}
      <Progress lines={campaign.lines} />
    </>
  );
}
