import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { exactly } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, type Two, useLanguage, useSay, useWords } from '../../shell/words';
import { Who } from '../identity/Who';
import { templates } from './templates';

const words = defineWords(
  'notices-sent',
  {
    title: '发出的通知',
    hint: '通知不含客户和同事的信息。只列最近 200 条。',
    views: '投递状态',
    all: '全部',
    waiting: '等待投递',
    delivered: '已送达',
    undeliverable: '送不到',
    none: '没有这样的通知。没有配置邮件或回调时,不会产生通知。',
    what: '通知',
    to: '收件人',
    channel: '渠道',
    smtp: '邮件',
    webhook: '回调',
    state: '状态',
    created: '产生',
    attempts: '试过 {{count}} 次',
    next: '下次 {{when}}',
    ended: '{{when}}',
    repeat: '重新投递',
    contact: '到账号页补通知地址',
  },
  {
    title: 'Notices sent',
    hint: 'A notice holds nothing about customers or colleagues. The newest 200.',
    views: 'Delivery',
    all: 'All',
    waiting: 'Waiting',
    delivered: 'Delivered',
    undeliverable: 'Not deliverable',
    none: 'No such notice. Without mail or a webhook set up, none are made.',
    what: 'Notice',
    to: 'To',
    channel: 'Channel',
    smtp: 'Mail',
    webhook: 'Webhook',
    state: 'State',
    created: 'Made',
    attempts: '{{count}} {{count|attempt|attempts}}',
    next: 'next {{when}}',
    ended: '{{when}}',
    repeat: 'Send again',
    contact: 'Set an address on the account',
  },
);

/** Why a delivery failed; what is not listed shows its code alone. */
const failures: Record<string, Two> = {
  'contact.missing': { zh: '没有登记通知地址', en: 'no notice address is on file' },
  'person.gone': { zh: '收件人已离开', en: 'the person has left' },
  'row.altered': { zh: '记录被改动,不再发送', en: 'the row was altered and is not sent' },
  'smtp.timeout': { zh: '邮件服务器没有及时答复', en: 'the mail server did not answer in time' },
  'smtp.unreachable': { zh: '连不上邮件服务器', en: 'the mail server cannot be reached' },
  'smtp.refused': { zh: '邮件服务器拒收', en: 'the mail server refused it' },
  'webhook.timeout': { zh: '回调地址没有及时答复', en: 'the webhook did not answer in time' },
  'webhook.unreachable': { zh: '连不上回调地址', en: 'the webhook cannot be reached' },
};

type Notice = Schemas['OutboxView'];
type State = Schemas['OutboxState'];
const states: (State | 'all')[] = ['all', 'undeliverable', 'waiting', 'delivered'];
const tones: Record<State, string> = { waiting: 'warn', delivered: 'good', undeliverable: 'bad' };
const marks: Record<State, string> = { waiting: '◌', delivered: '✓', undeliverable: '✕' };

/** What left the system, and what became of it (R123). */
export default function NoticesSent() {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const queries = useQueryClient();
  const [query, setQuery] = useSearchParams();
  const { fault, busy, run } = useRun();
  const state = states.find((one) => one === query.get('state')) ?? 'all';
  const asked = useQuery({
    queryKey: ['notices-sent', state],
    queryFn: async () => (await call(() => api.GET('/v1/notices-sent', { params: { query: state === 'all' ? {} : { state } } }))).notices,
  });
  const repeat = (id: string) =>
    run(async () => {
      await call(() => api.POST('/v1/notices-sent/{id}/repeat', { params: { path: { id } } }));
      await queries.invalidateQueries({ queryKey: ['notices-sent'] });
    });
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Segmented
        aria-label={say('views')}
        value={state}
        onChange={(next) => setQuery(next === 'all' ? {} : { state: next }, { replace: true })}
        options={states.map((one) => ({ value: one, label: say(one) }))}
      />
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel" aria-label={say('title')}>
            <Rows<Notice>
              label={say('title')}
              rows={list}
              id={(one) => one.id}
              marked={(one) => one.state === 'undeliverable'}
              columns={[
                {
                  key: 'what',
                  title: say('what'),
                  plain: true,
                  cell: (one) => (templates[one.template] ? tell(templates[one.template] as Two) : one.template),
                },
                { key: 'to', title: say('to'), cell: (one) => <Who id={one.person} /> },
                {
                  key: 'channel',
                  title: say('channel'),
                  cell: (one) => (one.channel === 'smtp' || one.channel === 'webhook' ? say(one.channel) : one.channel),
                },
                {
                  key: 'state',
                  title: say('state'),
                  cell: (one) => (
                    <>
                      <span className={tones[one.state]}>
                        <span aria-hidden="true">{marks[one.state]}</span> {say(one.state)}
                      </span>
                      {one.attempts > 0 && one.state !== 'delivered' && <span className="quiet num"> · {say('attempts', { count: one.attempts })}</span>}
                      {one.state === 'waiting' && <span className="quiet num"> · {say('next', { when: exactly(one.due, language) })}</span>}
                      {one.failure && (
                        <div>
                          {failures[one.failure] && tell(failures[one.failure] as Two)} <code className="mono quiet">{one.failure}</code>
                        </div>
                      )}
                    </>
                  ),
                },
                { key: 'created', title: say('created'), num: true, cell: (one) => exactly(one.created, language) },
                {
                  key: 'repeat',
                  title: '',
                  plain: true,
                  cell: (one) =>
                    one.state === 'undeliverable' && (
                      <div className="acts-cell">
                        {one.failure === 'contact.missing' && <Link to={`/people/person?id=${one.person}`}>{say('contact')}</Link>}
                        <Button size="small" loading={busy} onClick={() => void repeat(one.id)}>
                          {say('repeat')}
                        </Button>
                      </div>
                    ),
                },
              ]}
            />
          </section>
        )}
      </Listing>
    </>
  );
}
