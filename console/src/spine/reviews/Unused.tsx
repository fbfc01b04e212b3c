import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { Rows } from '../../shell/Rows';
import { defineWords, useWords } from '../../shell/words';
import { RightWords, UseWords } from './rightWords';

const words = defineWords(
  'unused-rights',
  {
    title: '长期未用的权限',
    hint: '敏感级别高的在前;这段时间里才授予的不计。要收回,请发起权限复核,或到账号页结束岗位。',
    days: '{{days}} 天',
    span: '多久没用',
    none: '没有一直闲置的权限。',
    count: '{{rights}} 项权限中 {{unused}} 项没有用过',
    right: '权限',
    use: '使用情况',
  },
  {
    title: 'Unused rights',
    hint: 'The most sensitive first; what was only given in this time is left out. To take one away, open an access review or end the post on the account.',
    days: '{{days}} days',
    span: 'Unused for',
    none: 'No right lay unused through this time.',
    count: '{{unused}} of {{rights}} rights were not used',
    right: 'Right',
    use: 'Use',
  },
);

type Unused = Schemas['UnusedRight'];
const spans = [30, 90, 180];

/** Rights nobody used for so long (R36). */
export default function UnusedRights() {
  const say = useWords(words);
  const [query, setQuery] = useSearchParams();
  const days = spans.find((one) => String(one) === query.get('days')) ?? 90;
  const asked = useQuery({
    queryKey: ['unused-rights', days],
    queryFn: () => call(() => api.GET('/v1/access-reviews/unused', { params: { query: { days } } })),
  });
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      <Segmented<number>
        aria-label={say('span')}
        value={days}
        onChange={(next) => setQuery(next === 90 ? {} : { days: String(next) }, { replace: true })}
        options={spans.map((one) => ({ value: one, label: say('days', { days: one }) }))}
      />
      <Listing asked={asked} isEmpty={(found) => found.unused.length === 0} empty={say('none')}>
        {(found) => (
          <section className="panel stack" aria-label={say('title')}>
            <p className="num">{say('count', { rights: found.rights, unused: found.unused.length })}</p>
            <Rows<Unused & { key: string }>
              label={say('title')}
              rows={found.unused.map((one, i) => ({ ...one, key: `${one.kind}-${one.person}-${one.post}-${one.unit}-${one.authorisation}-${one.list}-${i}` }))}
              id={(one) => one.key}
              columns={[
                { key: 'right', title: say('right'), plain: true, cell: (one) => <RightWords right={one} /> },
                { key: 'use', title: say('use'), plain: true, cell: (one) => <UseWords lastUse={one.lastUse} from={one.from} /> },
              ]}
            />
          </section>
        )}
      </Listing>
    </>
  );
}
