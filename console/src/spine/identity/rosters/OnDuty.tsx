import { useQuery } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../../api/client';
import { Listing } from '../../../shell/Listing';
import { Rows } from '../../../shell/Rows';
import { when } from '../../../shell/time';
import { defineWords, useLanguage, useWords } from '../../../shell/words';
import { usePostName, useUnits } from '../organisation';

const words = defineWords(
  'on-duty',
  {
    title: '现在谁当班',
    hint: '按排班,本公司正在当班、可以请来授权的同事。',
    none: '现在没有排班在岗的同事。',
    person: '人员',
    post: '岗位',
    unit: '单位',
    until: '到',
  },
  {
    title: 'On duty now',
    hint: 'Colleagues of your companies whose shift runs now and who can be asked to approve.',
    none: 'Nobody is on shift now.',
    person: 'Person',
    post: 'Post',
    unit: 'Unit',
    until: 'Until',
  },
);

type Duty = Schemas['DutyNow'];

/** Who can be asked now (R44). */
export default function OnDuty() {
  const say = useWords(words);
  const language = useLanguage();
  const post = usePostName();
  const units = useUnits();
  const asked = useQuery({ queryKey: ['duty-now'], queryFn: () => call(() => api.GET('/v1/duty-now')) });
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel" aria-label={say('title')}>
            <Rows<Duty>
              label={say('title')}
              rows={list}
              id={(one) => `${one.person}-${one.from}`}
              columns={[
                { key: 'person', title: say('person'), plain: true, cell: (one) => one.name },
                { key: 'post', title: say('post'), cell: (one) => post(one.post) },
                { key: 'unit', title: say('unit'), cell: (one) => units.nameOf(one.unit) },
                { key: 'until', title: say('until'), num: true, cell: (one) => when(one.until, language) },
              ]}
            />
          </section>
        )}
      </Listing>
    </>
  );
}
