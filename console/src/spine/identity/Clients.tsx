import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, InputNumber, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Refusal } from '../../api/problem';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { companyDayEnd, when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { ClientActs } from './ClientActs';
import { scopeWords } from './clientNames';
import { Once } from './Once';
import { usePeople } from './People';
import '../approvals/approvals.css';
import './people.css';
import { FormEnd } from '../../shell/FormEnd';

const words = defineWords(
  'clients',
  {
    title: '接口客户端',
    none: '还没有接口客户端。',
    name: '名称',
    scopes: '可做的事',
    limits: '限额',
    perMinute: '{{count}} 次/分',
    perDay: '{{count}} 次/天',
    networks: '来源网段与证书',
    anywhere: '不限来源',
    certificates: '{{count}} 张证书',
    expires: '到期',
    expired: '已到期',
    used: '上次使用',
    never: '没用过',
    tokens: '有效令牌',
    active: '在用',
    suspended: '已停用',
    closed: '已撤销',
    acts: '操作',
    rotate: '换令牌',
    rotateSure: '发新令牌。旧令牌还可用一段时间,请尽快替换。',
    revoke: '撤销',
    revokeSure: '立即撤销,全部令牌失效,不能恢复。',
    yes: '确定',
    no: '返回',
    create: '新建客户端…',
    creating: '新建客户端',
    purposes: '限定用途(不选:按范围不限)',
    minute: '每分钟上限',
    day: '每天上限',
    from: '来源网段(每行一个,例如 10.0.0.0/8;空:不限)',
    pins: '证书指纹(SHA-256,每行一个;空:不要求)',
    make: '创建',
    token: '令牌(只显示这一次,请立即存入调用方的密钥库)',
    ticketsHint: '含"工单"的接口能代替两个人授权,要两位管理员办理:先请另一位批准,批准后由您登记并取得令牌。',
    owner: '负责人(不能是您自己)',
    ask: '请另一位管理员批准',
    asked: '已请另一位管理员批准;批准后在"双人事项"里办理。',
    resting: '暂停:{{scopes}}',
    unused: '90 天未用:{{scopes}}',
    handOver: '移交…',
    handingOver: '移交 {{name}}',
    handOverHint: '新负责人从此对它负责;现有令牌全部失效,新令牌只显示一次。',
    handOverGo: '移交',
  },
  {
    title: 'API clients',
    none: 'No API clients yet.',
    name: 'Name',
    scopes: 'May',
    limits: 'Limits',
    perMinute: '{{count}}/min',
    perDay: '{{count}}/day',
    networks: 'Networks and certificates',
    anywhere: 'from anywhere',
    certificates: '{{count}} {{count|certificate|certificates}}',
    expires: 'Ends',
    expired: 'ended',
    used: 'Last used',
    never: 'never',
    tokens: 'Live tokens',
    active: 'Active',
    suspended: 'Suspended',
    closed: 'Revoked',
    acts: 'Acts',
    rotate: 'New token',
    rotateSure: 'Issues a new token. The old one goes on for a while: replace it soon.',
    revoke: 'Revoke',
    revokeSure: 'Revoked at once with all its tokens; it cannot be undone.',
    yes: 'Yes',
    no: 'Back',
    create: 'New client…',
    creating: 'New client',
    purposes: 'Only for these purposes (none: any its scopes allow)',
    minute: 'At most a minute',
    day: 'At most a day',
    from: 'Networks, one a line, for example 10.0.0.0/8 (empty: from anywhere)',
    pins: 'Certificate fingerprints, SHA-256, one a line (empty: none asked)',
    make: 'Create',
    token: 'Token (shown this once; put it into the caller’s secret store now)',
    ticketsHint:
      'A client with “work orders” stands in for two people, so it takes two administrators: the other one approves it, then you register it and get the token.',
    owner: 'Owner (not yourself)',
    ask: 'Ask the other administrator',
    asked: 'The other administrator was asked. Carry it out under “Acts that take two”, once approved.',
    resting: 'At rest: {{scopes}}',
    unused: 'Unused for 90 days: {{scopes}}',
    handOver: 'Hand over…',
    handingOver: 'Hand over {{name}}',
    handOverHint: 'The new owner answers for it from now on. All its tokens end; the new one is shown once.',
    handOverGo: 'Hand over',
  },
);

type Client = Schemas['ClientView'];
type Scope = Schemas['ClientScope'];
type Act = Omit<Schemas['ClientActRequest'], 'expires'>;
const scopes = Object.keys(scopeWords) as Scope[];
/** How long the second administrator has to answer and the act may then be carried out. */
const term = 24 * 3_600_000 - 60_000;
const takesTwo = (fault: unknown): boolean => fault instanceof Refusal && fault.problem.code === 'client.tickets';

/** Systems that call the API: what they may do, from where, until when; a token is shown once (R43). */
export default function Clients() {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const queries = useQueryClient();
  const [creating, setCreating] = useState(false);
  const [handing, setHanding] = useState<Client | null>(null);
  const [second, setSecond] = useState<Act | null>(null);
  const [sent, setSent] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const { fault, busy, run } = useRun();
  const asked = useQuery({ queryKey: ['clients'], queryFn: () => call(() => api.GET('/v1/clients')) });
  const again = () => queries.invalidateQueries({ queryKey: ['clients'] });
  const request = async (act: Act) => {
    setSent(false);
    await call(() => api.POST('/v1/clients/request', { body: { ...act, expires: Date.now() + term } }));
    setSecond(null);
    setSent(true);
    await queries.invalidateQueries({ queryKey: ['approvals'] });
  };
  const rotate = (id: string) =>
    run(async () => {
      setSecond({ client: id, rotate: {} });
      setToken((await call(() => api.POST('/v1/clients/{id}/rotate', { params: { path: { id } } }))).token);
      await again();
    });
  const revoke = (id: string) =>
    run(async () => {
      await call(() => api.POST('/v1/clients/{id}/revoke', { params: { path: { id } } }));
      await again();
    });
  const scope = (key: Scope) => tell(scopeWords[key]);
  const figure = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB');
  const comma = tell({ zh: '、', en: ', ' });
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Button size="small" onClick={() => setCreating(true)}>
          {say('create')}
        </Button>
      </div>
      {fault !== null && (
        <ProblemNote
          fault={fault}
          action={
            takesTwo(fault) && second ? (
              <Button size="small" loading={busy} onClick={() => void run(() => request(second))}>
                {say('ask')}
              </Button>
            ) : undefined
          }
        />
      )}
      {sent && <p role="status">{say('asked')}</p>}
      <ClientActs clients={asked.data ?? []} onToken={setToken} />
      {token && (
        <section className="panel">
          <Once label={say('token')} value={token} onKept={() => setToken(null)} />
        </section>
      )}
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel" aria-label={say('title')}>
            <Rows<Client>
              label={say('title')}
              rows={list}
              id={(one) => one.id}
              columns={[
                {
                  key: 'name',
                  title: say('name'),
                  plain: true,
                  cell: (one) => (
                    <>
                      <strong>{one.name}</strong>
                      <div className={one.state === 'active' ? 'good' : 'bad'}>{say(one.state)}</div>
                    </>
                  ),
                },
                {
                  key: 'scopes',
                  title: say('scopes'),
                  cell: (one) => (
                    <>
                      {one.scopes.map(scope).join(comma)}
                      {one.resting.length > 0 && <div className="warn">{say('resting', { scopes: one.resting.map(scope).join(comma) })}</div>}
                      {one.unused && one.unused.length > 0 && <div className="quiet">{say('unused', { scopes: one.unused.map(scope).join(comma) })}</div>}
                    </>
                  ),
                },
                {
                  key: 'limits',
                  title: say('limits'),
                  num: true,
                  cell: (one) => (
                    <>
                      {say('perMinute', { count: figure.format(one.perMinute) })}{' '}
                      <span className="quiet together">{say('perDay', { count: figure.format(one.perDay) })}</span>
                    </>
                  ),
                },
                {
                  key: 'networks',
                  title: say('networks'),
                  num: true,
                  cell: (one) =>
                    one.networks.length + one.certificates.length === 0 ? (
                      <span className="quiet">{say('anywhere')}</span>
                    ) : (
                      [...one.networks, ...(one.certificates.length > 0 ? [say('certificates', { count: one.certificates.length })] : [])].join(comma)
                    ),
                },
                { key: 'tokens', title: say('tokens'), num: true, cell: (one) => one.liveTokens },
                {
                  key: 'used',
                  title: say('used'),
                  num: true,
                  cell: (one) => (one.lastUsed != null ? when(one.lastUsed, language) : <span className="quiet">{say('never')}</span>),
                },
                {
                  key: 'expires',
                  title: say('expires'),
                  num: true,
                  cell: (one) => (one.expires < Date.now() ? <span className="bad">{say('expired')}</span> : when(one.expires, language)),
                },
                {
                  key: 'acts',
                  title: say('acts'),
                  unseen: true,
                  plain: true,
                  cell: (one) =>
                    one.state === 'active' && (
                      <div className="acts-cell">
                        <Popconfirm title={say('rotateSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void rotate(one.id)}>
                          <Button size="small" loading={busy}>
                            {say('rotate')}
                          </Button>
                        </Popconfirm>
                        <Button size="small" onClick={() => setHanding(one)}>
                          {say('handOver')}
                        </Button>
                        <Popconfirm title={say('revokeSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void revoke(one.id)}>
                          <Button size="small" danger loading={busy}>
                            {say('revoke')}
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
      {handing && (
        <HandOver
          client={handing}
          onClose={() => setHanding(null)}
          onAsk={async (owner) => {
            await request({ client: handing.id, handOver: { owner } });
            setHanding(null);
          }}
          onMade={(made) => {
            setHanding(null);
            setToken(made);
            void again();
          }}
        />
      )}
      {creating && (
        <Create
          onClose={() => setCreating(false)}
          onAsk={async (create) => {
            await request({ create });
            setCreating(false);
          }}
          onMade={(made) => {
            setCreating(false);
            setToken(made);
            void again();
          }}
        />
      )}
    </>
  );
}

interface Typed {
  name: string;
  owner: string;
  scopes: Scope[];
  purposes?: string[];
  perMinute: number;
  perDay: number;
  expires: string;
  networks?: string;
  certificates?: string;
}

const lines = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter((line) => line !== '');

/** Who may answer for a client: whoever is active, but never oneself. */
function useOwners(): { value: string; label: string }[] {
  const me = useMe();
  const people = usePeople();
  return (people.data ?? [])
    .filter((one) => one.state === 'active' && one.id !== me.session.person)
    .map((one) => ({ value: one.id, label: `${one.name} · ${one.account}` }));
}

function HandOver({
  client,
  onClose,
  onAsk,
  onMade,
}: {
  client: Client;
  onClose: () => void;
  onAsk: (owner: string) => Promise<void>;
  onMade: (token: string) => void;
}) {
  const say = useWords(words);
  const owners = useOwners();
  const { fault, busy, run } = useRun();
  const [owner, setOwner] = useState<string | undefined>();
  const go = (to: string) =>
    run(async () => onMade((await call(() => api.POST('/v1/clients/{id}/hand-over', { params: { path: { id: client.id } }, body: { owner: to } }))).token));
  return (
    <Drawer open title={say('handingOver', { name: client.name })} onClose={onClose}>
      <div className="stack">
        <p className="quiet">{say('handOverHint')}</p>
        <div className="field">
          <label htmlFor="hand-over-owner">{say('owner')}</label>
          <Select
            id="hand-over-owner"
            showSearch={{ optionFilterProp: 'label' }}
            options={owners.filter((one) => one.value !== client.owner)}
            onChange={setOwner}
          />
        </div>
        {fault !== null && (
          <ProblemNote
            fault={fault}
            action={
              takesTwo(fault) && owner ? (
                <Button size="small" loading={busy} onClick={() => void run(() => onAsk(owner))}>
                  {say('ask')}
                </Button>
              ) : undefined
            }
          />
        )}
        <div>
          <Button type="primary" disabled={!owner} loading={busy} onClick={() => owner && void go(owner)}>
            {say('handOverGo')}
          </Button>
        </div>
      </div>
    </Drawer>
  );
}

function Create({
  onClose,
  onAsk,
  onMade,
}: {
  onClose: () => void;
  onAsk: (create: Schemas['ClientRequest']) => Promise<void>;
  onMade: (token: string) => void;
}) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const owners = useOwners();
  const { fault, busy, run } = useRun();
  const [form] = Form.useForm<Typed>();
  const pushes = (Form.useWatch('scopes', form) ?? []).includes('tickets');
  const make = (typed: Typed) =>
    run(async () => {
      const body = {
        name: typed.name.trim(),
        owner: typed.owner,
        scopes: typed.scopes,
        perMinute: typed.perMinute,
        perDay: typed.perDay,
        expires: companyDayEnd(typed.expires),
        networks: lines(typed.networks),
        certificates: lines(typed.certificates),
        ...(typed.purposes && typed.purposes.length > 0 ? { purposes: typed.purposes } : {}),
      };
      if (body.scopes.includes('tickets')) await onAsk(body);
      else onMade((await call(() => api.POST('/v1/clients', { body }))).token);
    });
  return (
    <Drawer open title={say('creating')} onClose={onClose}>
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ perMinute: 600, perDay: 100_000 }}
        onFinish={(typed) => void make(typed)}
      >
        <Form.Item name="name" label={say('name')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="owner" label={say('owner')} rules={[{ required: true, message: '' }]}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={owners} />
        </Form.Item>
        <Form.Item name="scopes" label={say('scopes')} extra={say('ticketsHint')} rules={[{ required: true, message: '' }]}>
          <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} options={scopes.map((one) => ({ value: one, label: tell(scopeWords[one]) }))} />
        </Form.Item>
        <Form.Item name="purposes" label={say('purposes')}>
          <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} options={me.words.purposes.map((one) => ({ value: one.key, label: tell(one) }))} />
        </Form.Item>
        <Form.Item name="perMinute" label={say('minute')} rules={[{ required: true, message: '' }]}>
          <InputNumber min={1} precision={0} />
        </Form.Item>
        <Form.Item name="perDay" label={say('day')} rules={[{ required: true, message: '' }]}>
          <InputNumber min={1} precision={0} />
        </Form.Item>
        <Form.Item name="expires" label={say('expires')} rules={[{ required: true, message: '' }]}>
          <Input type="date" className="num" />
        </Form.Item>
        <Form.Item name="networks" label={say('from')}>
          <Input.TextArea rows={2} className="num" />
        </Form.Item>
        <Form.Item name="certificates" label={say('pins')}>
          <Input.TextArea rows={2} className="num" />
        </Form.Item>
        <FormEnd apart fault={fault} busy={busy}>
          {say(pushes ? 'ask' : 'make')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}
