import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { Rows } from '../../shell/Rows';
import { defineWords, useSay, useWords } from '../../shell/words';
import { usePostName } from './organisation';
import { PostDuties } from './PostDuties';
import './posts.css';

const words = defineWords(
  'posts',
  {
    title: '岗位与冲突',
    hint: '岗位只说最多能做什么;看明文还要有用途授权、有效的培训和协议、当班并在允许的网络。',
    matrix: '岗位权限表',
    conflicts: '不能由一个人兼任',
    noConflicts: '没有冲突规则。',
    none: '还没有岗位规则。',
    post: '岗位',
    scope: '范围',
    acts: '可做的事',
    finds: '每小时查找',
    c: '明文',
    r: '逐项查看',
    v: '金库',
    m: '脱敏',
    '-': '不可见',
    verified: '核身后 {{right}}',
    guarded: '授予要两个人',
    rule: '规则',
    between: '岗位',
    anyOperating: '任何业务岗位',
    report: '现有的冲突见机构报告',
    legend: '明文:打开即见 · 逐项查看:一次看一项 · 金库:要两个人 · 脱敏:只见部分 · 不可见',
    'session-customer': '当前来电的客户',
    'own-station-shift': '本岗位本班次',
    'own-unit': '本单位',
    'open-cases': '未结投诉的客户',
    'open-requests': '有权利请求的客户',
    'consented-segment': '同意该用途的客户',
    extracts: '去标识数据',
    'own-data': '本部门数据',
    configuration: '系统配置',
    systems: '系统运维',
    log: '日志',
    all: '全部',
    view: '查看',
    find: '查找',
    add: '采集',
    import: '导入',
    correct: '更正',
    contact: '联系',
    compare: '比对',
    export: '导出',
    print: '打印',
    transfer: '传输',
    share: '共享',
    destroy: '销毁',
    administer: '管理',
    consent: '记录同意',
    withdraw: '撤回同意',
    receipts: '凭证',
  },
  {
    title: 'Posts and conflicts',
    hint: 'A post says the most its holder may do; clear text also takes a use authorisation, valid training and agreement, a shift and an allowed network.',
    matrix: 'What each post may do',
    conflicts: 'What nobody may hold together',
    noConflicts: 'No rule of conflict.',
    none: 'No rules of posts yet.',
    post: 'Post',
    scope: 'Reach',
    acts: 'May',
    finds: 'Finds an hour',
    c: 'clear',
    r: 'reveal',
    v: 'vault',
    m: 'masked',
    '-': 'nothing',
    verified: 'verified: {{right}}',
    guarded: 'takes two to give',
    rule: 'Rule',
    between: 'Posts',
    anyOperating: 'any operating post',
    report: 'Clashes that exist: organisation report',
    legend: 'clear: on opening · reveal: one item at a time · vault: takes two people · masked: partly hidden · nothing',
    'session-customer': 'the customer on the call',
    'own-station-shift': 'own station and shift',
    'own-unit': 'own unit',
    'open-cases': 'customers with an open case',
    'open-requests': 'customers with a rights request',
    'consented-segment': 'customers who agreed',
    extracts: 'de-identified extracts',
    'own-data': 'own data',
    configuration: 'configuration',
    systems: 'systems',
    log: 'the log',
    all: 'everything',
    view: 'view',
    find: 'find',
    add: 'collect',
    import: 'import',
    correct: 'correct',
    contact: 'contact',
    compare: 'compare',
    export: 'export',
    print: 'print',
    transfer: 'transfer',
    share: 'share',
    destroy: 'destroy',
    administer: 'administer',
    consent: 'consents',
    withdraw: 'withdrawals',
    receipts: 'receipts',
  },
);

type Role = Schemas['RoleRow'];
type Conflict = Schemas['ConflictRow'];
type Key = keyof typeof words.zh;

const marks: Record<string, string> = { c: '●', r: '◉', v: '▣', m: '◌', '-': '–' };
const levels = ['1', '2', '3', '4'];

/** Posts with what they may do at each level, and which exclude each other (R33). */
export default function Posts() {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const post = usePostName();
  const asked = useQuery({ queryKey: ['post-rights'], queryFn: () => call(() => api.GET('/v1/post-rights')) });
  const comma = tell({ zh: '、', en: ', ' });
  const or = (key: string): string => (key in words.zh ? say(key as Key) : key);
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(view) => view.roles.length === 0} empty={say('none')}>
        {(view) => (
          <>
            <section className="panel stack posts" aria-label={say('matrix')}>
              <p className="quiet">{say('legend')}</p>
              <Rows<Role>
                label={say('matrix')}
                rows={view.roles}
                id={(role) => role.post}
                columns={[
                  {
                    key: 'post',
                    title: say('post'),
                    plain: true,
                    cell: (role) => (
                      <>
                        <strong>{post(role.post)}</strong>
                        {role.guarded && <div className="quiet">{say('guarded')}</div>}
                      </>
                    ),
                  },
                  { key: 'scope', title: say('scope'), cell: (role) => or(role.scope) },
                  ...levels.map((level) => ({
                    key: level,
                    title: `L${level}`,
                    cell: (role: Role) => <Right right={role.levels[level] ?? '-'} verified={role.verified?.[level]} />,
                  })),
                  {
                    key: 'acts',
                    title: say('acts'),
                    cell: (role) => role.acts.length > 0 && <span className="quiet">{(role.acts as string[]).map(or).join(comma)}</span>,
                  },
                  { key: 'finds', title: say('finds'), num: true, cell: (role) => role.findsPerHour ?? '' },
                ]}
              />
            </section>
            <section className="panel stack" aria-label={say('conflicts')}>
              <div className="row wrap">
                <h2>{say('conflicts')}</h2>
                <span className="spread" />
                {me.policies.has('organisation.report') && <Link to="/people/report">{say('report')}</Link>}
              </div>
              {view.conflicts.length === 0 ? (
                <p className="quiet">{say('noConflicts')}</p>
              ) : (
                <Rows<Conflict>
                  label={say('conflicts')}
                  rows={view.conflicts}
                  id={(rule) => rule.key}
                  columns={[
                    {
                      key: 'between',
                      title: say('between'),
                      plain: true,
                      cell: (rule) => rule.between.map((key) => (key === 'any-operating' ? say('anyOperating') : post(key))).join(' × '),
                    },
                    { key: 'rule', title: say('rule'), plain: true, cell: (rule) => <span className="quiet">{tell(rule)}</span> },
                  ]}
                />
              )}
            </section>
          </>
        )}
      </Listing>
      <PostDuties />
    </>
  );
}

function Right({ right, verified }: { right: string; verified: string | undefined }) {
  const say = useWords(words);
  const word = (code: string): string => (code in marks ? say(code as Key) : code);
  return (
    <>
      <span className={`right right-${right === '-' ? 'none' : right}`}>
        <span aria-hidden="true">{marks[right] ?? ''}</span> {word(right)}
      </span>{' '}
      {verified !== undefined && verified !== right && <div className="quiet">{say('verified', { right: word(verified) })}</div>}
    </>
  );
}
