import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, call } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';

import { Rows } from '../../shell/Rows';
import { companyDayEnd, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { useEntities, useUnits } from '../identity/organisation';
import { type Campaign, shares } from './lines';
import { reviewWords } from './reviewWords';
import './reviews.css';
import { FormEnd } from '../../shell/FormEnd';

const words = defineWords(
  'access-reviews',
  {
    title: '权限复核',
    open: '发起复核…',
    opening: '发起权限复核',
    none: '还没有权限复核。',
    list: '历次复核',
    name: '名称',
    scope: '范围',
    whole: '全部',
    progress: '进度',
    deadline: '截止',
    state: '状态',
    nameExample: '例如:2026 年第四季度',
    entity: '只限法人(空:全部)',
    unit: '只限单位(空:全部)',
    hint: '发起时冻结全部权限,由各单位责任人或部门责任人逐项确认。到期没有确认的权限自动停用。',
    go: '冻结并发起',
    decided: '{{done}} / {{all}}',
  },
  {
    title: 'Access reviews',
    open: 'Open a review…',
    opening: 'Open an access review',
    none: 'No access review yet.',
    list: 'Reviews',
    name: 'Name',
    scope: 'Scope',
    whole: 'everything',
    progress: 'Progress',
    deadline: 'Deadline',
    state: 'State',
    nameExample: 'For example: fourth quarter 2026',
    entity: 'Only this legal entity (empty: all)',
    unit: 'Only this unit (empty: all)',
    hint: 'All rights are frozen now and decided one by one by who answers for them. What nobody confirms by the deadline is suspended.',
    go: 'Freeze and open',
    decided: '{{done}} of {{all}}',
  },
);

/** Access reviews with their progress (R36). */
export default function Reviews() {
  const say = useWords(words);
  const states = useWords(reviewWords);
  const language = useLanguage();
  const me = useMe();
  const units = useUnits();
  const entities = useEntities();
  const [opening, setOpening] = useState(false);
  const asked = useQuery({ queryKey: ['access-reviews'], queryFn: () => call(() => api.GET('/v1/access-reviews')) });
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        {me.policies.has('reviews.manage') && (
          <Button size="small" onClick={() => setOpening(true)}>
            {say('open')}
          </Button>
        )}
      </div>
      <Listing asked={asked} isEmpty={(list) => list.reviews.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel" aria-label={say('list')}>
            <Rows<Campaign>
              label={say('list')}
              rows={list.reviews}
              id={(one) => one.id}
              marked={(one) => one.state === 'overdue'}
              columns={[
                { key: 'name', title: say('name'), plain: true, cell: (one) => <Link to={`/assurance/review?id=${one.id}`}>{one.name}</Link> },
                {
                  key: 'scope',
                  title: say('scope'),
                  cell: (one) => (one.unit ? units.nameOf(one.unit) : one.entity ? entities.nameOf(one.entity) : <span className="quiet">{say('whole')}</span>),
                },
                { key: 'progress', title: say('progress'), plain: true, cell: (one) => <Progress lines={one.lines} /> },
                { key: 'deadline', title: say('deadline'), num: true, cell: (one) => when(one.deadline, language) },
                {
                  key: 'state',
                  title: say('state'),
                  cell: (one) => (
                    <span className={one.state === 'open' ? 'warn' : one.state === 'overdue' ? 'bad' : 'good'}>{states(`campaign-${one.state}`)}</span>
                  ),
                },
              ]}
            />
          </section>
        )}
      </Listing>
      {opening && <Open onClose={() => setOpening(false)} />}
    </>
  );
}

/** A bar by state, said in words too. */
export function Progress({ lines }: { lines: Campaign['lines'] }) {
  const say = useWords(words);
  const states = useWords(reviewWords);
  const parts = shares(lines);
  const all = parts.reduce((sum, part) => sum + part.count, 0);
  const done = parts
    .filter((part) => part.state === 'confirmed' || part.state === 'reduced' || part.state === 'revoked')
    .reduce((sum, part) => sum + part.count, 0);
  return (
    <div>
      <div className="bar" aria-hidden="true">
        {parts
          .filter((part) => part.state !== 'open')
          .map((part) => (
            <span key={part.state} className={part.state} style={{ width: `${part.percent}%` }} />
          ))}
      </div>
      <span className="num">{say('decided', { done, all })}</span>
      <span className="quiet num">{parts.map((part) => ` · ${states(part.state)} ${part.count}`).join('')}</span>
    </div>
  );
}

interface Typed {
  name: string;
  deadline: string;
  entity?: string;
  unit?: string;
}

function Open({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const units = useUnits();
  const entities = useEntities();
  const { fault, busy, run } = useRun();
  const open = (typed: Typed) =>
    run(async () => {
      const body = {
        name: typed.name.trim(),
        deadline: companyDayEnd(typed.deadline),
        ...(typed.entity ? { entity: typed.entity } : {}),
        ...(typed.unit ? { unit: typed.unit } : {}),
      };
      await call(() => api.POST('/v1/access-reviews', { body }));
      await queries.invalidateQueries({ queryKey: ['access-reviews'] });
      onClose();
    });
  return (
    <Drawer open title={say('opening')} onClose={onClose}>
      <Form<Typed> layout="vertical" requiredMark={false} onFinish={(typed) => void open(typed)}>
        <p className="quiet">{say('hint')}</p>
        <Form.Item name="name" label={say('name')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input maxLength={80} placeholder={say('nameExample')} />
        </Form.Item>
        <Form.Item name="deadline" label={say('deadline')} rules={[{ required: true, message: '' }]}>
          <Input type="date" className="num" />
        </Form.Item>
        <Form.Item name="entity" label={say('entity')}>
          <Select allowClear options={(entities.data ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
        <Form.Item name="unit" label={say('unit')}>
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={(units.data ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
        <FormEnd fault={fault} busy={busy}>
          {say('go')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}
