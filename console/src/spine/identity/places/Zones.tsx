import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../../api/client';
import { LevelMark } from '../../../shell/LevelMark';
import { Listing } from '../../../shell/Listing';
import { useMe } from '../../../shell/me';
import { ProblemNote } from '../../../shell/Problem';
import { Rows } from '../../../shell/Rows';
import { useRun } from '../../../shell/useRun';
import { defineWords, useWords } from '../../../shell/words';
import { stands } from '../../approvals/shared';
import { usePostName } from '../organisation';
import { type Asked, term, useAsked } from './asked';
import { useZoneName } from './zoneName';

const words = defineWords(
  'zones',
  {
    title: '网络区域',
    hint: '地址决定能做什么。改动要另一个人批准,批准后由您生效。',
    here: '您现在在:{{zone}}',
    you: '您在这里',
    none: '还没有网络区域。',
    zone: '区域',
    prefixes: '网段',
    rest: '其余全部地址',
    noPrefix: '还没有网段',
    clear: '明文最高到',
    noClear: '不可看明文',
    acts: '可做的事',
    anyAct: '按岗位,不另限',
    administer: '可做管理',
    remote: '要有远程许可',
    yes: '是',
    no: '否',
    change: '修改…',
    add: '新区域…',
    changing: '修改网络区域',
    name: '区域代码(office、vpn、internet、branch.单位编号或其他小写名称)',
    prefixLines: '网段(CIDR,每行一个)',
    drop: '删除这个区域',
    ask: '提交申请',
    waiting: '改动等待批准',
    ready: '改动已批准',
    apply: '生效',
    open: '查看申请',
    rosters: '按排班上岗的岗位',
    rostersHint: '这些岗位不当班时不能看明文;提前和延后几分钟以内仍可。',
    noRosters: '没有岗位按排班上岗。',
    post: '岗位',
    early: '可提前(分钟)',
    late: '可延后(分钟)',
    addPost: '加一个岗位',
    dropPost: '去掉',
    leave: '放弃修改',
  },
  {
    title: 'Network zones',
    hint: "Where somebody sits decides what he can do. A change takes another person's approval; then you put it in force.",
    here: 'You are in: {{zone}}',
    you: 'you are here',
    none: 'No network zones yet.',
    zone: 'Zone',
    prefixes: 'Networks',
    rest: 'every other address',
    noPrefix: 'no networks yet',
    clear: 'In clear up to',
    noClear: 'nothing in clear',
    acts: 'May be done',
    anyAct: 'whatever the post allows',
    administer: 'Administration',
    remote: 'Permit needed',
    yes: 'yes',
    no: 'no',
    change: 'Change…',
    add: 'New zone…',
    changing: 'Change a network zone',
    name: "Code (office, vpn, internet, branch. and a unit's id, or another lower-case name)",
    prefixLines: 'Networks as CIDR, one a line',
    drop: 'Drop this zone',
    ask: 'Ask for approval',
    waiting: 'A change waits for approval',
    ready: 'A change is approved',
    apply: 'Put in force',
    open: 'See the request',
    rosters: 'Posts that work by roster',
    rostersHint: 'Off shift they open nothing in clear, but for some minutes before and after.',
    noRosters: 'No post works by roster.',
    post: 'Post',
    early: 'Minutes before',
    late: 'Minutes after',
    addPost: 'Add a post',
    dropPost: 'Drop',
    leave: 'Leave it',
  },
);

type Zone = Schemas['NetworkRow'];

/** Zones, and what may be done from each; changed as a whole, by two people (R44). */
export default function Zones() {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [editing, setEditing] = useState<Zone | 'new' | null>(null);
  const asked = useQuery({ queryKey: ['zones'], queryFn: () => call(() => api.GET('/v1/zones')) });
  const requests = useAsked<Zone[]>('zones.change');
  const name = useZoneName();
  const apply = (approval: string, zones: Zone[]) =>
    run(async () => {
      await call(() => api.PUT('/v1/zones', { body: { approval, zones } }));
      await Promise.all(['zones', 'approvals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        {asked.data && <span className="quiet">{say('here', { zone: name(asked.data.here) })}</span>}
        <span className="spread" />
        {asked.data && (
          <Button size="small" onClick={() => setEditing('new')}>
            {say('add')}
          </Button>
        )}
      </div>
      <p className="quiet lead">{say('hint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Requests requests={requests} busy={busy} onApply={(approval, zones) => void apply(approval, zones)} />
      <Listing asked={asked} isEmpty={(view) => view.zones.length === 0} empty={say('none')}>
        {(view) => (
          <section className="panel" aria-label={say('title')}>
            <Table zones={view.zones} here={view.here} onChange={setEditing} />
          </section>
        )}
      </Listing>
      <RosterPosts />
      {editing && asked.data && <Edit zone={editing === 'new' ? undefined : editing} zones={asked.data.zones} onClose={() => setEditing(null)} />}
    </>
  );
}

function Table({ zones, here, onChange }: { zones: readonly Zone[]; here: string; onChange: (zone: Zone) => void }) {
  const say = useWords(words);
  const name = useZoneName();
  return (
    <Rows<Zone>
      label={say('title')}
      rows={zones}
      id={(one) => one.zone}
      columns={[
        {
          key: 'zone',
          title: say('zone'),
          plain: true,
          cell: (one) => (
            <>
              <strong>{name(one.zone)}</strong> <code className="mono quiet">{one.zone}</code>{' '}
              {one.zone === here && <span className="tag good">{say('you')}</span>}
            </>
          ),
        },
        {
          key: 'prefixes',
          title: say('prefixes'),
          cell: (one) =>
            one.prefixes.length > 0 ? (
              <span className="mono">{one.prefixes.join(' ')}</span>
            ) : (
              <span className="quiet">{say(one.zone === 'internet' ? 'rest' : 'noPrefix')}</span>
            ),
        },
        {
          key: 'clear',
          title: say('clear'),
          cell: (one) =>
            one.clear ? (
              <>
                <LevelMark level={Number(one.clear)} /> L{one.clear}
              </>
            ) : (
              <span className="quiet">{say('noClear')}</span>
            ),
        },
        {
          key: 'acts',
          title: say('acts'),
          cell: (one) => (one.acts ? <code className="mono">{one.acts.join(' ')}</code> : <span className="quiet">{say('anyAct')}</span>),
        },
        { key: 'administer', title: say('administer'), cell: (one) => say(one.administer ? 'yes' : 'no') },
        { key: 'remote', title: say('remote'), cell: (one) => say(one.remote ? 'yes' : 'no') },
        {
          key: 'change',
          title: '',
          plain: true,
          cell: (one) => (
            <div className="acts-cell">
              <Button size="small" onClick={() => onChange(one)}>
                {say('change')}
              </Button>
            </div>
          ),
        },
      ]}
    />
  );
}

interface Typed {
  zone: string;
  prefixes?: string;
  clear?: number;
  administer?: boolean;
  remote?: boolean;
}

function Edit({ zone, zones, onClose }: { zone: Zone | undefined; zones: readonly Zone[]; onClose: () => void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const ask = (rows: Zone[]) =>
    run(async () => {
      await call(() => api.POST('/v1/zones/request', { body: { zones: rows, expires: Date.now() + term } }));
      await queries.invalidateQueries({ queryKey: ['approvals'] });
      onClose();
    });
  const change = (typed: Typed) => {
    const row: Zone = {
      ...zone,
      zone: typed.zone.trim(),
      prefixes: (typed.prefixes ?? '').split(/\s+/).filter((line) => line !== ''),
      clear: (typed.clear ?? null) as number | null,
      administer: typed.administer ?? false,
      remote: typed.remote ?? false,
    };
    return ask(zone ? zones.map((one) => (one.zone === zone.zone ? row : one)) : [...zones, row]);
  };
  return (
    <Drawer open title={say('changing')} onClose={onClose}>
      <Form<Typed>
        layout="vertical"
        requiredMark={false}
        initialValues={zone ? { ...zone, clear: zone.clear ? Number(zone.clear) : undefined, prefixes: zone.prefixes.join('\n') } : {}}
        onFinish={(typed) => void change(typed)}
      >
        <Form.Item name="zone" label={say('name')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input disabled={zone !== undefined} className="mono" maxLength={60} />
        </Form.Item>
        <Form.Item name="prefixes" label={say('prefixLines')}>
          <Input.TextArea rows={5} className="mono" disabled={zone?.zone === 'internet'} />
        </Form.Item>
        <Form.Item name="clear" label={say('clear')}>
          <Select allowClear placeholder={say('noClear')} options={[1, 2, 3, 4].map((level) => ({ value: level, label: `L${level}` }))} />
        </Form.Item>
        <Form.Item name="administer" valuePropName="checked">
          <Checkbox>{say('administer')}</Checkbox>
        </Form.Item>
        <Form.Item name="remote" valuePropName="checked">
          <Checkbox>{say('remote')}</Checkbox>
        </Form.Item>
        {fault !== null && <ProblemNote fault={fault} />}
        <div className="row wrap">
          <Button type="primary" htmlType="submit" loading={busy}>
            {say('ask')}
          </Button>
          {zone && (
            <Button danger loading={busy} onClick={() => void ask(zones.filter((one) => one.zone !== zone.zone))}>
              {say('drop')}
            </Button>
          )}
        </div>
      </Form>
    </Drawer>
  );
}

type RosterRow = Schemas['RosterRow'];

/** Which posts work by roster, changed as a whole like the zones. */
function RosterPosts() {
  const say = useWords(words);
  const post = usePostName();
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [draft, setDraft] = useState<RosterRow[] | null>(null);
  const asked = useQuery({ queryKey: ['roster-posts'], queryFn: () => call(() => api.GET('/v1/roster-posts')) });
  const requests = useAsked<RosterRow[]>('rosters.bind');
  const again = () => Promise.all(['roster-posts', 'approvals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const ask = (posts: RosterRow[]) =>
    run(async () => {
      await call(() => api.POST('/v1/roster-posts/request', { body: { posts, expires: Date.now() + term } }));
      setDraft(null);
      await again();
    });
  const apply = (approval: string, posts: RosterRow[]) =>
    run(async () => {
      await call(() => api.PUT('/v1/roster-posts', { body: { approval, posts } }));
      await again();
    });
  const minutes = (row: RosterRow, key: 'earlyMinutes' | 'lateMinutes') =>
    draft ? (
      <InputNumber
        size="small"
        min={0}
        max={240}
        precision={0}
        value={row[key] ?? 15}
        aria-label={`${post(row.post)} ${say(key === 'earlyMinutes' ? 'early' : 'late')}`}
        onChange={(value) => setDraft(draft.map((one) => (one.post === row.post ? { ...one, [key]: value ?? 0 } : one)))}
      />
    ) : (
      (row[key] ?? 15)
    );
  return (
    <section className="panel stack" aria-label={say('rosters')}>
      <div className="row wrap">
        <h2>{say('rosters')}</h2>
        <span className="spread" />
        {asked.data && !draft && (
          <Button size="small" onClick={() => setDraft([...asked.data.posts])}>
            {say('change')}
          </Button>
        )}
      </div>
      <p className="quiet">{say('rostersHint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Requests requests={requests} busy={busy} onApply={(approval, posts) => void apply(approval, posts)} />
      <Listing asked={asked} isEmpty={(view) => view.posts.length === 0 && !draft} empty={say('noRosters')}>
        {(view) => (
          <Rows<RosterRow>
            label={say('rosters')}
            rows={draft ?? view.posts}
            id={(row) => row.post}
            columns={[
              { key: 'post', title: say('post'), plain: true, cell: (row) => post(row.post) },
              { key: 'early', title: say('early'), num: true, cell: (row) => minutes(row, 'earlyMinutes') },
              { key: 'late', title: say('late'), num: true, cell: (row) => minutes(row, 'lateMinutes') },
              draft !== null && {
                key: 'drop',
                title: '',
                plain: true,
                cell: (row) => (
                  <div className="acts-cell">
                    <Button size="small" onClick={() => setDraft(draft.filter((one) => one.post !== row.post))}>
                      {say('dropPost')}
                    </Button>
                  </div>
                ),
              },
            ]}
          />
        )}
      </Listing>
      {draft && (
        <div className="row wrap">
          <Select
            aria-label={say('addPost')}
            placeholder={say('addPost')}
            value={null}
            showSearch={{ optionFilterProp: 'label' }}
            popupMatchSelectWidth={false}
            options={me.words.posts.filter((one) => !draft.some((row) => row.post === one.key)).map((one) => ({ value: one.key, label: post(one.key) }))}
            onChange={(key: string | null) => key && setDraft([...draft, { post: key, earlyMinutes: 15, lateMinutes: 15 }])}
          />
          <span className="spread" />
          <Button onClick={() => setDraft(null)}>{say('leave')}</Button>
          <Button type="primary" loading={busy} onClick={() => void ask(draft)}>
            {say('ask')}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Own changes of rules: those that wait, and those to put in force. */
function Requests<T>({ requests, busy, onApply }: { requests: readonly Asked<T>[]; busy: boolean; onApply: (approval: string, draft: T) => void }) {
  const say = useWords(words);
  return requests.map(({ approval, draft }) => (
    <div key={approval.id} className="panel row wrap">
      <span className={stands(approval) ? 'good' : 'warn'}>{say(stands(approval) ? 'ready' : 'waiting')}</span>
      <span className="spread" />
      <Link to={`/approvals/request?id=${approval.id}`}>{say('open')}</Link>
      {stands(approval) && (
        <Button size="small" type="primary" loading={busy} onClick={() => onApply(approval.id, draft)}>
          {say('apply')}
        </Button>
      )}
    </div>
  ));
}
