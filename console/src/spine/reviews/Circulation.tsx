import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { companyDayEnd, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { useUnits } from '../identity/organisation';
import { Who } from '../identity/Who';
import { ResultState } from './checkParts';

const words = defineWords(
  'log-check-circulation',
  {
    title: '结果通报',
    hint: '检查完成后自动通报给当事人单位的责任人和个保负责人;可再通报给岗位和单位。到期未确认的,上报个保负责人。',
    none: '还没有通报给任何人。',
    who: '通报给',
    sent: '发出',
    due: '确认期限',
    state: '状态',
    note: '处理情况',
    posts: '岗位(全体在任人员)',
    units: '单位(责任人)',
    until: '确认期限(空:七天)',
    go: '通报',
  },
  {
    title: 'Circulation of the result',
    hint: 'A finished check goes by itself to who answers for the units of those concerned and to the data protection officer; it can be sent on to posts and units. What is not acknowledged in time goes to the officer.',
    none: 'It has gone to nobody yet.',
    who: 'Went to',
    sent: 'Sent',
    due: 'To acknowledge by',
    state: 'State',
    note: 'What was done',
    posts: 'Posts (everybody in office)',
    units: 'Units (who answers for them)',
    until: 'To acknowledge by (empty: in seven days)',
    go: 'Send',
  },
);

/** To whom a finished check's result went, who acknowledged it, and the way to send it on (R54). */
export function Circulation({ check }: { check: string }) {
  const say = useWords(words);
  const language = useLanguage();
  const asked = useQuery({
    queryKey: ['log-check-circulation', check],
    queryFn: () => call(() => api.GET('/v1/log-checks/{id}/circulation', { params: { path: { id: check } } })),
  });
  return (
    <section className="panel stack" aria-label={say('title')}>
      <h2>{say('title')}</h2>
      <p className="quiet">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(list) => list.results.length === 0} empty={say('none')}>
        {(list) => (
          <Rows<Schemas['CirculationView']>
            label={say('title')}
            rows={list.results}
            id={(one) => one.id}
            marked={(one) => one.state === 'escalated'}
            columns={[
              { key: 'who', title: say('who'), plain: true, cell: (one) => <Who id={one.person} /> },
              { key: 'sent', title: say('sent'), num: true, cell: (one) => when(one.sent, language) },
              { key: 'due', title: say('due'), num: true, cell: (one) => when(one.due, language) },
              {
                key: 'state',
                title: say('state'),
                cell: (one) => (
                  <>
                    <ResultState state={one.state} /> {one.acknowledged != null && <span className="quiet num">{when(one.acknowledged, language)}</span>}
                  </>
                ),
              },
              { key: 'note', title: say('note'), cell: (one) => one.note ?? '' },
            ]}
          />
        )}
      </Listing>
      <Send check={check} />
    </section>
  );
}

function Send({ check }: { check: string }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const units = useUnits();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [posts, setPosts] = useState<string[]>([]);
  const [chosen, setChosen] = useState<string[]>([]);
  const [until, setUntil] = useState('');
  const send = () =>
    run(async () => {
      const body = { posts: posts as never[], units: chosen as never[], ...(until && { due: companyDayEnd(until) }) };
      await call(() => api.POST('/v1/log-checks/{id}/circulate', { params: { path: { id: check } }, body }));
      setPosts([]);
      setChosen([]);
      await queries.invalidateQueries({ queryKey: ['log-check-circulation', check] });
    });
  return (
    <form
      className="stack"
      aria-label={say('go')}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="field">
        <label htmlFor="circulate-posts">{say('posts')}</label>
        <Select
          id="circulate-posts"
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          value={posts}
          onChange={setPosts}
          options={me.words.posts.map((one) => ({ value: one.key, label: tell(one) }))}
        />
      </div>
      <div className="field">
        <label htmlFor="circulate-units">{say('units')}</label>
        <Select
          id="circulate-units"
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          value={chosen}
          onChange={setChosen}
          options={(units.data ?? []).filter((unit) => unit.state === 'active').map((unit) => ({ value: unit.id, label: unit.name }))}
        />
      </div>
      <div className="field">
        <label htmlFor="circulate-until">{say('until')}</label>
        <Input id="circulate-until" type="date" className="num" value={until} onChange={(event) => setUntil(event.target.value)} />
      </div>
      {fault !== null && <ProblemNote fault={fault} />}
      <div>
        <Button type="primary" htmlType="submit" loading={busy} disabled={posts.length + chosen.length === 0}>
          {say('go')}
        </Button>
      </div>
    </form>
  );
}
