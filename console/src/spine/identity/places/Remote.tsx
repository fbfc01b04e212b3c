import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../../api/client';
import { FormEnd } from '../../../shell/FormEnd';
import { Listing } from '../../../shell/Listing';
import { ProblemNote } from '../../../shell/Problem';
import { Rows } from '../../../shell/Rows';
import { ago, companyDayEnd, when } from '../../../shell/time';
import { useRun } from '../../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../../shell/words';
import { stands } from '../../approvals/shared';
import { useColleagues } from '../organisation';
import { Who } from '../Who';
import { term, useAsked } from './asked';
import { useZoneName } from './zoneName';

const words = defineWords(
  'remote-permits',
  {
    title: '远程许可',
    hint: '从虚拟专网等区域工作要有许可,最长 92 天,到期自动失效。由业务提出,安全管理员批准,再由提出人生效。',
    none: '没有远程许可。',
    person: '人员',
    zones: '区域',
    from: '起',
    until: '止',
    state: '状态',
    inForce: '有效,{{ago}}到期',
    later: '尚未开始',
    over: '已结束',
    end: '收回',
    endSure: '收回后下一次操作即生效。',
    yes: '收回',
    no: '返回',
    ask: '申请许可…',
    asking: '申请远程许可',
    untilDay: '止(含当天)',
    reason: '原因',
    go: '提交申请',
    waiting: '等待批准',
    ready: '已批准,等您生效',
    apply: '生效',
    open: '查看申请',
  },
  {
    title: 'Remote permits',
    hint: 'Working from the VPN and other zones outside takes a permit: at most 92 days, ended by itself. The business asks, an administrator approves, and whoever asked puts it in force.',
    none: 'No remote permits.',
    person: 'Person',
    zones: 'Zones',
    from: 'From',
    until: 'Until',
    state: 'State',
    inForce: 'in force, ends {{ago}}',
    later: 'not yet',
    over: 'ended',
    end: 'Withdraw',
    endSure: 'It binds the next act.',
    yes: 'Withdraw',
    no: 'Back',
    ask: 'Ask for a permit…',
    asking: 'Ask for a remote permit',
    untilDay: 'Until, that day included',
    reason: 'Reason',
    go: 'Ask for approval',
    waiting: 'waits for approval',
    ready: 'approved: put it in force',
    apply: 'Put in force',
    open: 'See the request',
  },
);

type Permit = Schemas['PermitView'];
type Draft = Schemas['PermitDraft'];

/** Permits to work from outside, each with its end (R44). */
export default function Remote() {
  const say = useWords(words);
  const language = useLanguage();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [asking, setAsking] = useState(false);
  const asked = useQuery({ queryKey: ['remote-access'], queryFn: () => call(() => api.GET('/v1/remote-access')) });
  const requests = useAsked<Draft>('remote.grant');
  const zone = useZoneName();
  const comma = useSay()({ zh: '、', en: ', ' });
  const again = () => Promise.all(['remote-access', 'approvals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const apply = (approval: string, permit: Draft) =>
    run(async () => {
      await call(() => api.POST('/v1/remote-access', { body: { approval, permit } }));
      await again();
    });
  const end = (person: string) =>
    run(async () => {
      await call(() => api.POST('/v1/remote-access/{person}/end', { params: { path: { person } } }));
      await again();
    });
  const now = Date.now();
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Button size="small" onClick={() => setAsking(true)}>
          {say('ask')}
        </Button>
      </div>
      <p className="quiet lead">{say('hint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      {requests.map(({ approval, draft }) => (
        <div key={approval.id} className="panel row wrap">
          <Who id={draft.person} />
          <span>{draft.zones.map(zone).join(comma)}</span>
          <span className={stands(approval) ? 'good' : 'warn'}>{say(stands(approval) ? 'ready' : 'waiting')}</span>
          <span className="spread" />
          <Link to={`/approvals/request?id=${approval.id}`}>{say('open')}</Link>
          {stands(approval) && (
            <Button size="small" type="primary" loading={busy} onClick={() => void apply(approval.id, draft)}>
              {say('apply')}
            </Button>
          )}
        </div>
      ))}
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel" aria-label={say('title')}>
            <Rows<Permit>
              label={say('title')}
              rows={[...list].sort((a, b) => Number(b.inForce) - Number(a.inForce) || a.until - b.until)}
              id={(one) => `${one.person}-${one.from}`}
              columns={[
                { key: 'person', title: say('person'), plain: true, cell: (one) => <Who id={one.person} /> },
                { key: 'zones', title: say('zones'), cell: (one) => one.zones.map(zone).join(comma) },
                { key: 'from', title: say('from'), num: true, cell: (one) => when(one.from, language) },
                { key: 'until', title: say('until'), num: true, cell: (one) => when(one.until, language) },
                {
                  key: 'state',
                  title: say('state'),
                  cell: (one) =>
                    one.inForce ? (
                      <span className="good">{say('inForce', { ago: ago(one.until, now, language) })}</span>
                    ) : (
                      <span className="quiet">{say(one.from > now ? 'later' : 'over')}</span>
                    ),
                },
                {
                  key: 'end',
                  title: '',
                  plain: true,
                  cell: (one) =>
                    one.until > now && (
                      <div className="acts-cell">
                        <Popconfirm title={say('endSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void end(one.person)}>
                          <Button size="small" danger loading={busy}>
                            {say('end')}
                          </Button>
                        </Popconfirm>
                      </div>
                    ),
                },
              ]}
            />
          </section>
        )}
      </Listing>
      {asking && <Ask onClose={() => setAsking(false)} onAsked={() => void again()} />}
    </>
  );
}

interface Typed {
  person: string;
  zones: string[];
  until: string;
  reason: string;
}

function Ask({ onClose, onAsked }: { onClose: () => void; onAsked: () => void }) {
  const say = useWords(words);
  const colleagues = useColleagues();
  const zone = useZoneName();
  const { fault, busy, run } = useRun();
  const ask = (typed: Typed) =>
    run(async () => {
      const permit = { person: typed.person, zones: typed.zones, from: Date.now(), until: companyDayEnd(typed.until) + 1 };
      await call(() => api.POST('/v1/remote-access/request', { body: { permit, reason: typed.reason.trim(), expires: Date.now() + term } }));
      onAsked();
      onClose();
    });
  const needed = [{ required: true, message: '' }];
  return (
    <Drawer open title={say('asking')} onClose={onClose}>
      <Form<Typed> layout="vertical" requiredMark={false} initialValues={{ zones: ['vpn'] }} onFinish={(typed) => void ask(typed)}>
        <Form.Item name="person" label={say('person')} rules={needed}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={colleagues} />
        </Form.Item>
        <Form.Item name="zones" label={say('zones')} rules={needed}>
          <Select mode="tags" options={[{ value: 'vpn', label: zone('vpn') }]} />
        </Form.Item>
        <Form.Item name="until" label={say('untilDay')} rules={needed}>
          <Input type="date" className="num" />
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
