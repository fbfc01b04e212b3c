import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { Rows } from '../../shell/Rows';
import { defineWords, useSay, useWords } from '../../shell/words';
import { useScenes } from '../approvals/shared';
import { useEntities, usePostName, useUnits } from './organisation';
import { Who } from './Who';
import '../approvals/approvals.css';

const words = defineWords(
  'organisation-report',
  {
    title: '机构报告',
    thin: '能审批的人不足两位的场景',
    thinHint: '有人请假时,就没有人能批。请增加岗位人员或调整排班。',
    scene: '场景',
    entity: '法人',
    step: '步骤',
    configured: '有资格(人)',
    onDuty: '在班(人)',
    lowered: '在班人数要求不足两人的场景',
    loweredHint: '规定每步每班至少两人。配齐两人后,请在金库场景里改回。',
    loweredLine: '至少 {{count}} 人',
    clashes: '岗位冲突',
    clashesHint: '规则出台之前授予的,请结束其中一个。',
    unanswered: '没有信息保护责任人的单位',
    left: '责任人已离开的单位',
    unknown: '持有未定义岗位的人员',
    unrequested: '没有申请单的账号',
    clean: '没有。',
  },
  {
    title: 'Organisation report',
    thin: 'Scenes that fewer than two people could approve now',
    thinHint: 'With one on leave, nobody can. Give the post to more people, or change the roster.',
    scene: 'Scene',
    entity: 'Entity',
    step: 'Step',
    configured: 'May approve',
    onDuty: 'On duty',
    lowered: 'Scenes that ask for fewer than two on duty',
    loweredHint: 'The rule is two for each step and shift. Raise it under Vault scenes once there are two people.',
    loweredLine: 'at least {{count}}',
    clashes: 'Posts that exclude each other',
    clashesHint: 'Given before the rule came; end one of them.',
    unanswered: 'Units without a responsible person',
    left: 'Units whose responsible person has left',
    unknown: 'People with posts no policy names',
    unrequested: 'Accounts without a request',
    clean: 'None.',
  },
);

type Found = Schemas['OrganisationReport'];

/** What is missing or wrong in the organisation now; each line opens what it is about (R8, R10, R40). */
export default function Report() {
  const say = useWords(words);
  const asked = useQuery({ queryKey: ['organisation-report'], queryFn: () => call(() => api.GET('/v1/organisation/report')) });
  return (
    <>
      <h1>{say('title')}</h1>
      <Listing asked={asked} isEmpty={() => false}>
        {(report) => <Content report={report} />}
      </Listing>
    </>
  );
}

function Content({ report }: { report: Found }) {
  const say = useWords(words);
  const tell = useSay();
  const post = usePostName();
  const units = useUnits();
  const scene = useSceneName();
  const unit = (id: string) => <li key={id}>{units.nameOf(id)}</li>;
  return (
    <div className="findings">
      <Finding title={say('lowered')} hint={say('loweredHint')}>
        {(report.loweredScenes ?? []).map((one) => (
          <li key={one.scene} className="row wrap">
            <span>{scene(one.scene)}</span>
            <span className="spread" />
            <span className="num quiet">{say('loweredLine', { count: one.atLeast })}</span>
          </li>
        ))}
      </Finding>
      <Finding title={say('clashes')} hint={say('clashesHint')}>
        {report.clashes.map((one) => (
          <li key={`${one.person}-${one.rule}`}>
            <div className="row wrap">
              <Who id={one.person} />
              <span className="quiet">{(one.posts as string[]).map(post).join(tell({ zh: '、', en: ', ' }))}</span>
            </div>
            <div className="warn">{tell(one)}</div>
          </li>
        ))}
      </Finding>
      <Finding title={say('unanswered')}>{(report.unanswered as string[]).map(unit)}</Finding>
      <Finding title={say('left')}>{(report.answererLeft as string[]).map(unit)}</Finding>
      <Finding title={say('unknown')}>
        {(report.unknownPosts as string[]).map((id) => (
          <li key={id}>
            <Who id={id} />
          </li>
        ))}
      </Finding>
      <Finding title={say('unrequested')}>
        {(report.unrequested as string[]).map((id) => (
          <li key={id}>
            <Who id={id} />
          </li>
        ))}
      </Finding>
      <Thin scenes={report.thinScenes ?? []} />
    </div>
  );
}

function useSceneName(): (key: string) => string {
  const tell = useSay();
  const known = useScenes().data;
  return (key) => {
    const scene = known?.find((row) => row.scene === key);
    return scene ? tell(scene) : key;
  };
}

/** By company and scene: who reads the list looks for one of them. */
function Thin({ scenes }: { scenes: readonly Schemas['ThinScene'][] }) {
  const say = useWords(words);
  const entities = useEntities();
  const scene = useSceneName();
  const sorted = [...scenes].sort(
    (a, b) => entities.nameOf(a.entity).localeCompare(entities.nameOf(b.entity)) || a.scene.localeCompare(b.scene) || a.step - b.step,
  );
  return (
    <section className="panel stack whole" aria-label={say('thin')}>
      <div className="row">
        <h2>{say('thin')}</h2>
        <span className="spread" />
        <span className={`num ${scenes.length > 0 ? 'warn' : 'quiet'}`}>{scenes.length}</span>
      </div>
      <p className="quiet">{say(scenes.length === 0 ? 'clean' : 'thinHint')}</p>
      {scenes.length > 0 && (
        <Rows
          label={say('thin')}
          rows={sorted}
          id={(one) => `${one.entity}-${one.scene}-${one.step}`}
          columns={[
            { key: 'scene', title: say('scene'), plain: true, cell: (one) => <strong>{scene(one.scene)}</strong> },
            { key: 'entity', title: say('entity'), cell: (one) => entities.nameOf(one.entity) },
            { key: 'step', title: say('step'), num: true, cell: (one) => one.step },
            { key: 'configured', title: say('configured'), num: true, cell: (one) => one.configured },
            { key: 'onDuty', title: say('onDuty'), num: true, cell: (one) => <span className={one.onDuty === 0 ? 'bad' : ''}>{one.onDuty}</span> },
          ]}
        />
      )}
    </section>
  );
}

function Finding({ title, hint, children }: { title: string; hint?: string; children: ReactNode[] }) {
  const say = useWords(words);
  return (
    <section className="panel stack" aria-label={title}>
      <div className="row">
        <h2>{title}</h2>
        <span className="spread" />
        <span className={`num ${children.length > 0 ? 'warn' : 'quiet'}`}>{children.length}</span>
      </div>
      {children.length === 0 ? <p className="quiet">{say('clean')}</p> : hint && <p className="quiet">{hint}</p>}
      {children.length > 0 && <ul className="todos">{children}</ul>}
    </section>
  );
}
