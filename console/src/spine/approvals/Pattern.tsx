import { useMe } from '../../shell/me';
import { defineWords, useSay, useWords } from '../../shell/words';
import type { Approval } from './shared';

const words = defineWords(
  'approvals-pattern',
  {
    title: '申请人近 30 天',
    views: '查看',
    viewsOf: '{{views}} 次,{{customers}} 位客户,{{days}} 天',
    clear: '其中明文',
    times: '{{count}} 次',
    searches: '查找',
    denied: '被拒绝',
    asked: '申请授权',
    askedOf: '{{requested}} 次,被拒 {{refused}} 次',
    purposes: '常用用途',
    more: '日志里还有更多,这里只数到上限。',
  },
  {
    title: 'Requester, last 30 days',
    views: 'Views',
    viewsOf: '{{views}}, of {{customers}} {{customers|customer|customers}}, on {{days}} {{days|day|days}}',
    clear: 'In clear',
    times: '{{count}}',
    searches: 'Searches',
    denied: 'Refused',
    asked: 'Approvals asked',
    askedOf: '{{requested}}, of which {{refused}} refused',
    purposes: 'Usual purposes',
    more: 'The log holds more than was counted here.',
  },
);

/** What the requester has been doing, out of the log. */
export function Pattern({ approval }: { approval: Approval }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const pattern = approval.evidence?.pattern;
  if (!pattern) return null;
  const purposes = ((pattern.purposes ?? []) as string[]).map((key) => tell(me.words.purposes.find((one) => one.key === key) ?? { zh: key, en: key }));
  const rows: [string, string][] = [
    [say('views'), say('viewsOf', { views: pattern.views, customers: pattern.customers, days: pattern.days })],
    [say('clear'), say('times', { count: pattern.clear })],
    [say('searches'), say('times', { count: pattern.searches })],
    [say('denied'), say('times', { count: pattern.denied })],
    [say('asked'), say('askedOf', { requested: pattern.requested, refused: pattern.refused })],
  ];
  if (purposes.length > 0) rows.push([say('purposes'), purposes.join(tell({ zh: '、', en: ', ' }))]);
  return (
    <section className="panel stack" aria-label={say('title')}>
      <h2>{say('title')}</h2>
      <dl className="facts facts-wide">
        {rows.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      {pattern.more && <p className="quiet">{say('more')}</p>}
    </section>
  );
}
