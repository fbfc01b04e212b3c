import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../../api/client';
import { Refusal } from '../../../api/problem';
import { CsvImport } from '../../../shell/CsvImport';
import { Listing } from '../../../shell/Listing';

import { companyToday } from '../../../shell/time';
import { useRun } from '../../../shell/useRun';
import { defineWords, type Language, useLanguage, useWords } from '../../../shell/words';
import { useColleagues, useNames, usePostName } from '../organisation';
import { days, mondayOf, plusDays } from './week';
import './rosters.css';
import { FormEnd } from '../../../shell/FormEnd';

const words = defineWords(
  'rosters',
  {
    title: '排班',
    hint: '按排班上岗的岗位,不当班时看不到明文。换班从这里登记,立即生效。',
    roster: '班表',
    none: '还没有班表。导入第一份即可。',
    week: '一周班表',
    before: '上一周',
    after: '下一周',
    now: '本周',
    free: '无班次',
    swapped: '换班,原为 {{name}}',
    swap: '换班…',
    swapping: '登记换班',
    person: '原当班人',
    with: '接班人',
    reason: '原因',
    go: '换班,立即生效',
    import: '导入班表',
    importHint: '整份导入:任何一行有误都不生效。时间按单位当地时间;结束早于开始即跨到第二天。同一天再导入会替换那一天。单位写编号或名称。不能排自己的班。',
    name: '班表名称(小写代码,例如 airport)',
    badName: '名称以小写字母开头,只用小写字母、数字和连字符。',
    another: '新建班表 {{name}}。',
    same: '导入到已有的班表 {{name}}。',
    taken: '{{days}} 天 {{shifts}} 个班次已生效,{{unchanged}} 天没有变化,{{swaps}} 个换班被替换。',
    duty: '现在谁当班',
  },
  {
    title: 'Rosters',
    hint: 'Posts that work by roster open nothing in clear off shift. A swap is entered here and counts at once.',
    roster: 'Roster',
    none: 'No roster yet. Import the first one.',
    week: 'The week',
    before: 'Week before',
    after: 'Week after',
    now: 'This week',
    free: 'no shift',
    swapped: 'instead of {{name}}',
    swap: 'Swap…',
    swapping: 'Enter a swap',
    person: 'Whose shift',
    with: 'Taken by',
    reason: 'Reason',
    go: 'Swap, at once',
    import: 'Import a roster',
    importHint:
      "Taken as a whole: one wrong line and nothing of it counts. Times are the unit's own; an end before the start lies on the next day. The same day again replaces that day. A unit is named by id or name. You cannot roster yourself.",
    name: 'Name of the roster (lower-case code, for example airport)',
    badName: 'A name begins with a lower-case letter; letters, digits and hyphens follow.',
    another: 'This makes a new roster, {{name}}.',
    same: 'The file goes into the roster {{name}}.',
    taken:
      '{{shifts}} {{shifts|shift|shifts}} on {{days}} {{days|day|days}} in force, {{unchanged}} {{unchanged|day|days}} unchanged, {{swaps}} {{swaps|swap|swaps}} replaced.',
    duty: 'On duty now',
  },
);

type Shift = Schemas['ShiftView'];
const code = /^[a-z][a-z0-9-]{0,39}$/;

/** Shifts of a week, swaps, and rosters as CSV (R44). */
export default function Rosters() {
  const say = useWords(words);
  const queries = useQueryClient();
  const [query, setQuery] = useSearchParams();
  const asked = useQuery({ queryKey: ['rosters'], queryFn: async () => (await call(() => api.GET('/v1/rosters'))).rosters });
  const chosen = query.get('roster') ?? asked.data?.[0]?.roster ?? '';
  const monday = mondayOf(/^\d{4}-\d\d-\d\d$/.test(query.get('week') ?? '') ? (query.get('week') as string) : companyToday());
  const [name, setName] = useState('');
  // A name that was mistyped names nothing: it never falls back to the roster on the screen.
  const roster = name === '' ? chosen : name;
  const ready = asked.data !== undefined && code.test(roster);
  const goesTo = name !== '' && !code.test(name) ? 'badName' : asked.data?.some((one) => one.roster === roster) ? 'same' : 'another';
  const show = (next: { roster?: string; week?: string }) => setQuery({ roster: next.roster ?? chosen, week: next.week ?? monday }, { replace: true });
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Link to="/people/on-duty">{say('duty')}</Link>
      </div>
      <p className="quiet lead">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel stack" aria-label={say('week')}>
            <div className="row wrap">
              <Select
                aria-label={say('roster')}
                value={chosen}
                onChange={(next) => show({ roster: next })}
                options={list.map((one) => ({ value: one.roster, label: one.roster }))}
                popupMatchSelectWidth={false}
              />
              <span className="spread" />
              <Button onClick={() => show({ week: plusDays(monday, -7) })}>‹ {say('before')}</Button>
              <Button onClick={() => show({ week: mondayOf(companyToday()) })}>{say('now')}</Button>
              <Button onClick={() => show({ week: plusDays(monday, 7) })}>{say('after')} ›</Button>
            </div>
            <Week roster={chosen} monday={monday} />
          </section>
        )}
      </Listing>
      <CsvImport
        title={`${say('import')}${ready ? ` · ${roster}` : ''}`}
        header="day,start,end,account,post,unit"
        hint={say('importHint')}
        ready={ready}
        send={async (text) => {
          const params = { path: { roster } };
          const taken = await call(() =>
            api.POST('/v1/rosters/{roster}/import', { params, body: text, bodySerializer: (body: string) => body, headers: { 'Content-Type': 'text/csv' } }),
          );
          await Promise.all(['rosters', 'roster-week', 'duty-now'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
          return { done: say('taken', { days: taken.days, shifts: taken.shifts, unchanged: taken.unchanged, swaps: taken.swapsReplaced }), rejected: [] };
        }}
      >
        <div className="field month">
          <label htmlFor="roster-name">{say('name')}</label>
          <Input
            id="roster-name"
            className="mono"
            value={name}
            placeholder={chosen || 'airport'}
            status={goesTo === 'badName' ? 'error' : ''}
            aria-invalid={goesTo === 'badName'}
            aria-describedby="roster-goes"
            onChange={(event) => setName(event.target.value.trim())}
            maxLength={40}
          />
          <span id="roster-goes" className={goesTo === 'badName' ? 'bad' : 'quiet'}>
            {(ready || goesTo === 'badName') && say(goesTo, { name: roster })}
          </span>
        </div>
      </CsvImport>
    </>
  );
}

const dayTitle = (day: string, language: Language): string =>
  new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'short', month: 'numeric', day: 'numeric', timeZone: 'UTC' }).format(
    Date.parse(`${day}T00:00:00Z`),
  );
const hour = (at: number): string => {
  const local = new Date(at);
  return `${String(local.getHours()).padStart(2, '0')}:${String(local.getMinutes()).padStart(2, '0')}`;
};

function Week({ roster, monday }: { roster: string; monday: string }) {
  const say = useWords(words);
  const language = useLanguage();
  const [swapping, setSwapping] = useState<{ day: string; shift: Shift } | null>(null);
  const asked = useQuery({
    queryKey: ['roster-week', roster, monday],
    queryFn: () =>
      Promise.all(
        days(monday).map(async (day) => {
          try {
            const found = await call(() => api.GET('/v1/rosters/{roster}/{day}', { params: { path: { roster, day } } }));
            return { day, shifts: [...found.shifts].sort((a, b) => a.from - b.from) };
          } catch (fault) {
            // A day without shifts is no day of the roster.
            if (fault instanceof Refusal && fault.problem.status === 404) return { day, shifts: [] };
            throw fault;
          }
        }),
      ),
  });
  return (
    <Listing asked={asked} isEmpty={() => false}>
      {(week) => (
        <>
          <div className="week">
            {week.map(({ day, shifts }) => (
              <section key={day} aria-label={dayTitle(day, language)} className={day === companyToday() ? 'today' : ''}>
                <h2>{dayTitle(day, language)}</h2>
                {shifts.length === 0 ? (
                  <p className="quiet">{say('free')}</p>
                ) : (
                  <ul>
                    {shifts.map((shift) => (
                      <ShiftLine key={`${shift.person}-${shift.from}`} shift={shift} onSwap={() => setSwapping({ day, shift })} />
                    ))}
                  </ul>
                )}
              </section>
            ))}
          </div>
          {swapping && <Swap roster={roster} day={swapping.day} shift={swapping.shift} onClose={() => setSwapping(null)} />}
        </>
      )}
    </Listing>
  );
}

function ShiftLine({ shift, onSwap }: { shift: Shift; onSwap: () => void }) {
  const say = useWords(words);
  const { nameOf } = useNames();
  const post = usePostName();
  return (
    <li>
      <span className="num">
        {hour(shift.from)}–{hour(shift.until)}
      </span>{' '}
      <strong>{nameOf(shift.person)}</strong>
      <div className="quiet">{post(shift.post)}</div>
      {shift.instead && <div className="warn">{say('swapped', { name: nameOf(shift.instead) })}</div>}
      {shift.until > Date.now() && (
        <Button size="small" type="link" onClick={onSwap}>
          {say('swap')}
        </Button>
      )}
    </li>
  );
}

function Swap({ roster, day, shift, onClose }: { roster: string; day: string; shift: Shift; onClose: () => void }) {
  const say = useWords(words);
  const { nameOf } = useNames();
  const colleagues = useColleagues();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const swap = (typed: { with: string; reason: string }) =>
    run(async () => {
      const body = { day, person: shift.person, with: typed.with, reason: typed.reason.trim(), start: shift.from };
      await call(() => api.POST('/v1/rosters/{roster}/swaps', { params: { path: { roster } }, body }));
      await Promise.all(['roster-week', 'duty-now'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      onClose();
    });
  return (
    <Drawer open title={say('swapping')} onClose={onClose}>
      <Form<{ with: string; reason: string }> layout="vertical" requiredMark={false} onFinish={(typed) => void swap(typed)}>
        <p>
          <span className="quiet">{say('person')}</span> {nameOf(shift.person)} ·{' '}
          <span className="num">
            {day} {hour(shift.from)}–{hour(shift.until)}
          </span>
        </p>
        <Form.Item name="with" label={say('with')} rules={[{ required: true, message: '' }]}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={colleagues.filter((one) => one.value !== shift.person)} />
        </Form.Item>
        <Form.Item name="reason" label={say('reason')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input maxLength={200} />
        </Form.Item>
        <FormEnd fault={fault} busy={busy}>
          {say('go')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}
