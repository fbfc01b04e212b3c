import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Form, Input, InputNumber, Switch } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { useRun } from '../../shell/useRun';
import { defineWords, useSay, useWords } from '../../shell/words';
import { PreviewOf } from '../approvals/PreviewOf';
import { stands, useScenes } from '../approvals/shared';
import { words as approvalWords } from '../approvals/words';
import { usePostName } from '../identity/organisation';
import '../approvals/approvals.css';
import { FormEnd } from '../../shell/FormEnd';

const words = defineWords(
  'scenes',
  {
    title: '金库场景',
    hint: '每个场景说明什么操作需要第二个人、由谁审批、授权管多久。修改或停用要由另外两方批准,他们会看到修改前后的完整内容。',
    scene: '场景',
    modes: '方式',
    who: '由谁审批',
    validity: '授权有效',
    limit: '客户上限',
    state: '状态',
    on: '启用',
    off: '已停用',
    uses: '{{count}} 次,{{term}}内',
    term: '{{term}}内不限次数',
    hours: '{{count}} 小时',
    minutes: '{{count}} 分钟',
    each: '各 {{count}} 人',
    following: ',再由',
    or: '或',
    none: '不限',
    afterwards: '(事后复核)',
    nothing: '没有场景。金库规则缺失时,受控操作一律不放行。',
    noAct: '本版本还没有会触发它的操作;可以提出申请,但什么也不会打开',
    change: '申请修改…',
    changing: '修改场景 · {{scene}}',
    longest: '最长时限(分钟)',
    times: '可用次数(空:时限内不限)',
    customers: '一次最多几位客户(空:不限)',
    enabled: '启用(停用后,它守着的操作一律不放行)',
    byCode: '客户可用发到其号码的验证码代替第二人',
    atLeast: '每步在班能授权的人至少(规定 2 人;少于 2 人会列入组织报告)',
    reason: '修改原因',
    before: '修改前后',
    send: '提交申请',
    sent: '已提交,等待批准。批准后在本页办理。',
    open: '查看申请',
    ready: '已批准,等您办理',
    apply: '办理修改',
    waiting: '正在等待批准',
  },
  {
    title: 'Vault scenes',
    hint: 'Each says what takes a second person, who approves it and how long the approval holds. Changing or switching one off takes two others, who read exactly what was and what will be.',
    scene: 'Scene',
    modes: 'How',
    who: 'Who approves',
    validity: 'Approval holds',
    limit: 'Customers',
    state: 'State',
    on: 'On',
    off: 'Switched off',
    uses: '{{count}} {{count|use|uses}} within {{term}}',
    term: 'as often as needed within {{term}}',
    hours: '{{count}} h',
    minutes: '{{count}} min',
    each: '{{count}} people each',
    following: ', then ',
    or: ' or ',
    none: 'any number',
    afterwards: ' (reviews afterwards)',
    nothing: 'No scenes. Where vault rules are missing, what they would guard is not allowed at all.',
    noAct: 'No act of this version sets it off yet; it can be asked for and opens nothing',
    change: 'Ask for a change…',
    changing: 'Change scene · {{scene}}',
    longest: 'Longest term (minutes)',
    times: 'Uses (empty: as often as needed within the term)',
    customers: 'Customers at once (empty: any number)',
    enabled: 'On (switched off, nothing it guards is allowed)',
    byCode: 'The customer’s code to their number stands in for the second person',
    atLeast: 'On duty who can approve, for each step (the rule is 2; fewer is listed in the organisation report)',
    reason: 'Why it should change',
    before: 'Before and after',
    send: 'Send the request',
    sent: 'Sent; it waits for approval. Carry it out on this page afterwards.',
    open: 'See the request',
    ready: 'Approved: carry them out',
    apply: 'Carry out',
    waiting: 'Waiting for approval',
  },
);

type Scene = Schemas['SceneRow'];
const editable: Schemas['SceneMode'][] = ['remote', 'on-site', 'work-order'];

/** The nineteen scenes as rows, and their change by request (R41). */
export default function Scenes() {
  const say = useWords(words);
  const tell = useSay();
  const sayMode = useWords(approvalWords);
  const me = useMe();
  const asked = useScenes();
  const [changing, setChanging] = useState<Scene | null>(null);
  const mayChange = me.policies.has('policies.manage');
  const who = useWho();
  const term = useTerm();
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      {mayChange && <Ready />}
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('nothing')}>
        {(list) => (
          <section className="panel" aria-label={say('title')}>
            <Rows<Scene>
              label={say('title')}
              rows={list}
              id={(scene) => scene.scene}
              columns={[
                {
                  key: 'scene',
                  title: say('scene'),
                  plain: true,
                  cell: (scene) => (
                    <>
                      <strong>{tell(scene)}</strong>
                      {scene.trigger.on === 'none' && <div className="quiet">{say('noAct')}</div>}
                    </>
                  ),
                },
                {
                  key: 'state',
                  title: say('state'),
                  cell: (scene) => <span className={scene.enabled === false ? 'bad' : 'good'}>{say(scene.enabled === false ? 'off' : 'on')}</span>,
                },
                { key: 'modes', title: say('modes'), cell: (scene) => scene.modes.map((mode) => sayMode(mode)).join(tell({ zh: '、', en: ', ' })) },
                { key: 'who', title: say('who'), cell: (scene) => `${who(scene)}${scene.trigger.on === 'emergency' ? say('afterwards') : ''}` },
                { key: 'validity', title: say('validity'), num: true, cell: term },
                { key: 'limit', title: say('limit'), num: true, cell: (scene) => scene.customers ?? say('none') },
                mayChange && {
                  key: 'change',
                  title: say('change'),
                  unseen: true,
                  plain: true,
                  cell: (scene) => (
                    <Button size="small" onClick={() => setChanging(scene)}>
                      {say('change')}
                    </Button>
                  ),
                },
              ]}
            />
          </section>
        )}
      </Listing>
      {changing && <Change scene={changing} onClose={() => setChanging(null)} />}
    </>
  );
}

function useWho(): (scene: Scene) => string {
  const say = useWords(words);
  const post = usePostName();
  return (scene) =>
    scene.steps
      .map(
        (step) =>
          step.who.map((one) => (one.post ? post(one.post) : (one.duty ?? ''))).join(say('or')) +
          ((step.count ?? 1) > 1 ? ` ${say('each', { count: step.count ?? 1 })}` : ''),
      )
      .join(say('following'));
}

function useTerm(): (scene: Scene) => string {
  const say = useWords(words);
  return (scene) => {
    const minutes = Math.round(scene.validity.longestMs / 60_000);
    const term = minutes % 60 === 0 ? say('hours', { count: minutes / 60 }) : say('minutes', { count: minutes });
    return scene.validity.uses == null ? say('term', { term }) : say('uses', { count: scene.validity.uses, term });
  };
}

interface Typed {
  enabled: boolean;
  modes: Schemas['SceneMode'][];
  minutes: number;
  uses: number | null;
  customers: number | null;
  byCode: boolean;
  /** Null where nobody approves at the time. */
  atLeast: number | null;
  reason: string;
}

/** A scene as it would be; members that were absent and stay empty stay absent. */
export const changed = (scene: Scene, typed: Omit<Typed, 'reason'>): Scene => ({
  ...scene,
  enabled: typed.enabled,
  modes: typed.modes,
  validity: { ...scene.validity, longestMs: typed.minutes * 60_000, uses: typed.uses ?? null },
  customers: typed.customers ?? null,
  ...(takesCodes(scene) && { byCode: typed.byCode }),
  ...(scene.coOperator && typed.atLeast !== null && { coOperator: { ...scene.coOperator, atLeast: typed.atLeast } }),
});

/** A change, or a look at an item, is what a customer can confirm. */
const takesCodes = (scene: Scene): boolean => scene.trigger.on === 'change' || scene.trigger.on === 'items';

function Change({ scene, onClose }: { scene: Scene; onClose: () => void }) {
  const say = useWords(words);
  const sayMode = useWords(approvalWords);
  const tell = useSay();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [form] = Form.useForm<Typed>();
  const typed = Form.useWatch([], form) as Typed | undefined;
  const [sent, setSent] = useState<string | null>(null);
  const emergency = scene.trigger.on === 'emergency';
  const next = typed
    ? changed(scene, { ...typed, modes: emergency ? scene.modes : (typed.modes ?? []), byCode: typed.byCode ?? false, atLeast: typed.atLeast ?? null })
    : scene;
  const send = () =>
    run(async () => {
      const body = { row: next, until: Date.now() + 23 * 3_600_000, reason: typed?.reason.trim() ?? '' };
      const made = await call(() => api.POST('/v1/scenes/{scene}/request', { params: { path: { scene: scene.scene } }, body }));
      setSent(made.id);
      await queries.invalidateQueries({ queryKey: ['approvals'] });
    });
  return (
    <Drawer open title={say('changing', { scene: tell(scene) })} onClose={onClose} size="large">
      <div className="stack">
        {sent ? (
          <p role="status">
            {say('sent')} <Link to={`/approvals/request?id=${sent}`}>{say('open')}</Link>
          </p>
        ) : (
          <Form<Typed>
            form={form}
            layout="vertical"
            requiredMark={false}
            initialValues={{
              enabled: scene.enabled !== false,
              modes: scene.modes,
              minutes: Math.round(scene.validity.longestMs / 60_000),
              uses: scene.validity.uses ?? null,
              customers: scene.customers ?? null,
              byCode: scene.byCode === true,
              atLeast: scene.coOperator?.atLeast ?? null,
              reason: '',
            }}
            onFinish={() => void send()}
          >
            <Form.Item name="enabled" label={say('enabled')} valuePropName="checked">
              <Switch />
            </Form.Item>
            {!emergency && (
              <Form.Item name="modes" label={say('modes')}>
                <Checkbox.Group options={editable.map((mode) => ({ value: mode, label: sayMode(mode) }))} />
              </Form.Item>
            )}
            <Form.Item name="minutes" label={say('longest')} rules={[{ required: true, message: '' }]}>
              <InputNumber min={1} max={1440} precision={0} />
            </Form.Item>
            <Form.Item name="uses" label={say('times')}>
              <InputNumber min={1} max={1000} precision={0} />
            </Form.Item>
            <Form.Item name="customers" label={say('customers')}>
              <InputNumber min={1} max={100} precision={0} />
            </Form.Item>
            {takesCodes(scene) && (
              <Form.Item name="byCode" label={say('byCode')} valuePropName="checked">
                <Switch />
              </Form.Item>
            )}
            {scene.coOperator && (
              <Form.Item name="atLeast" label={say('atLeast')} rules={[{ required: true, message: '' }]}>
                <InputNumber min={1} max={20} precision={0} />
              </Form.Item>
            )}
            <Form.Item name="reason" label={say('reason')} rules={[{ required: true, whitespace: true, message: '' }]}>
              <Input.TextArea maxLength={1000} rows={2} />
            </Form.Item>
            <h2>{say('before')}</h2>
            <PreviewOf text={`${JSON.stringify(scene)}\n${JSON.stringify(next)}`} mark={() => null} />
            <FormEnd apart fault={fault} busy={busy} disabled={next.modes.length === 0}>
              {say('send')}
            </FormEnd>
          </Form>
        )}
      </div>
    </Drawer>
  );
}

/** Own changes that were approved. The row to write is the one the approvers read: it stands in the request. */
function Ready() {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const queries = useQueryClient();
  const scenes = useScenes().data;
  const { fault, busy, run } = useRun();
  const asked = useQuery({ queryKey: ['approvals'], queryFn: async () => (await call(() => api.GET('/v1/approvals'))).approvals });
  const own = (asked.data ?? []).filter(
    (one) => one.act === 'policy.change' && one.requester === me.session.person && (stands(one) || one.state === 'requested'),
  );
  if (own.length === 0 && fault === null) return null;
  const apply = (id: string, scene: string, preview: string) =>
    run(async () => {
      const row = JSON.parse(preview.trimEnd().split('\n')[1] ?? '') as Scene;
      await call(() => api.PUT('/v1/scenes/{scene}', { params: { path: { scene } }, body: { row, approval: id } }));
      await Promise.all([queries.invalidateQueries({ queryKey: ['scenes'] }), queries.invalidateQueries({ queryKey: ['approvals'] })]);
    });
  return (
    <section className="panel stack" aria-label={say('ready')}>
      {fault !== null && <ProblemNote fault={fault} />}
      <ul className="todos">
        {own.map((one) => {
          const scene = scenes?.find((row) => row.scene === one.subject);
          return (
            <li key={one.id} className="row wrap">
              <Link to={`/approvals/request?id=${one.id}`}>{scene ? tell(scene) : one.subject}</Link>
              <span className="quiet">{say(stands(one) ? 'ready' : 'waiting')}</span>
              <span className="spread" />
              {stands(one) && (
                <Button size="small" type="primary" loading={busy} onClick={() => void apply(one.id, one.subject, one.preview)}>
                  {say('apply')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
