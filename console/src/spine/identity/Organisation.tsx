import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { FormEnd } from '../../shell/FormEnd';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { Rows } from '../../shell/Rows';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { useColleagues, useEntities, useUnits } from './organisation';
import { inTree } from './tree';
import { Who } from './Who';

const words = defineWords(
  'organisation',
  {
    title: '法人与单位',
    hint: '每家法人各自处理自己的客户;跨法人就是对外提供。每个单位要有一位信息保护责任人。',
    none: '还没有单位。',
    unit: '单位',
    kind: '类型',
    responsible: '责任人',
    nobody: '没有责任人',
    zone: '时区',
    inherited: '随上级',
    state: '状态',
    active: '在用',
    suspended: '已停用',
    closed: '已撤销',
    department: '部门',
    branch: '分支机构',
    'head-office': '总部',
    change: '修改…',
    addUnit: '新单位…',
    addEntity: '新法人…',
    changing: '修改单位',
    adding: '新单位',
    newEntity: '新法人',
    changingEntity: '修改法人',
    name: '名称',
    parent: '上级单位(空:直属法人)',
    above: '上级单位',
    uscc: '统一社会信用代码',
    acts: '操作',
    noCode: '没有登记代码',
    timeZone: '时区(空:随上级)',
    save: '保存',
    noUnits: '还没有单位。',
  },
  {
    title: 'Entities and units',
    hint: 'Each legal entity works on its own customers; crossing to another is sharing. Every unit has one person who answers for the protection of its information.',
    none: 'No units yet.',
    unit: 'Unit',
    kind: 'Kind',
    responsible: 'Responsible',
    nobody: 'nobody',
    zone: 'Time zone',
    inherited: 'as above',
    state: 'State',
    active: 'active',
    suspended: 'suspended',
    closed: 'closed',
    department: 'Department',
    branch: 'Branch',
    'head-office': 'Head office',
    change: 'Change…',
    addUnit: 'New unit…',
    addEntity: 'New entity…',
    changing: 'Change the unit',
    adding: 'New unit',
    newEntity: 'New legal entity',
    changingEntity: 'Change the legal entity',
    name: 'Name',
    parent: 'Unit above (empty: directly below the entity)',
    above: 'Unit above',
    uscc: 'Registration code',
    acts: 'Actions',
    noCode: 'no registration code',
    timeZone: 'Time zone (empty: as above)',
    save: 'Save',
    noUnits: 'No units yet.',
  },
);

type Unit = Schemas['UnitView'];
type Entity = Schemas['EntityView'];
type Kind = Schemas['UnitKind'];
const kinds: Kind[] = ['department', 'branch', 'head-office'];
const states: Schemas['MemberState'][] = ['active', 'suspended', 'closed'];

/** Legal entities and the trees of their units, with who answers for each (R8). */
export default function Organisation() {
  const say = useWords(words);
  const me = useMe();
  const entities = useEntities();
  const units = useUnits();
  const [unit, setUnit] = useState<{ entity: string; unit?: Unit } | null>(null);
  const [entity, setEntity] = useState<Entity | 'new' | null>(null);
  const manages = me.policies.has('people.manage');
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        {manages && (
          <Button size="small" onClick={() => setEntity('new')}>
            {say('addEntity')}
          </Button>
        )}
      </div>
      <p className="quiet lead">{say('hint')}</p>
      <Listing asked={entities} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) =>
          list.map((one) => (
            <section key={one.id} className="panel stack" aria-label={one.name}>
              <div className="row wrap">
                <h2>{one.name}</h2>
                <span className="quiet num">{one.uscc ?? say('noCode')}</span>
                {one.state !== 'active' && <span className="bad">{say(one.state)}</span>}
                <span className="spread" />
                {manages && (
                  <>
                    <Button size="small" onClick={() => setEntity(one)}>
                      {say('change')}
                    </Button>
                    <Button size="small" onClick={() => setUnit({ entity: one.id })}>
                      {say('addUnit')}
                    </Button>
                  </>
                )}
              </div>
              <Listing
                asked={{ ...units, data: units.data?.filter((own) => own.entity === one.id) }}
                isEmpty={(own) => own.length === 0}
                empty={say('noUnits')}
              >
                {(own) => <Tree units={own} onChange={manages ? (chosen) => setUnit({ entity: one.id, unit: chosen }) : null} label={one.name} />}
              </Listing>
            </section>
          ))
        }
      </Listing>
      {unit && <UnitForm entity={unit.entity} unit={unit.unit} onClose={() => setUnit(null)} />}
      {entity && <EntityForm entity={entity === 'new' ? undefined : entity} onClose={() => setEntity(null)} />}
    </>
  );
}

function Tree({ units, onChange, label }: { units: readonly Unit[]; onChange: ((unit: Unit) => void) | null; label: string }) {
  const say = useWords(words);
  return (
    <Rows<{ unit: Unit; depth: number }>
      label={label}
      rows={inTree(units)}
      id={(row) => row.unit.id}
      marked={(row) => !row.unit.responsible && row.unit.state === 'active'}
      columns={[
        {
          key: 'unit',
          title: say('unit'),
          plain: true,
          cell: ({ unit, depth }) => (
            <span style={{ paddingInlineStart: depth * 24 }}>
              {depth > 0 && <span className="quiet">└ </span>}
              <strong>{unit.name}</strong>
              {unit.state !== 'active' && <span className="bad"> {say(unit.state)}</span>}
            </span>
          ),
        },
        { key: 'kind', title: say('kind'), cell: ({ unit }) => say(unit.kind) },
        {
          key: 'responsible',
          title: say('responsible'),
          cell: ({ unit }) => (unit.responsible ? <Who id={unit.responsible} /> : <span className="warn">{say('nobody')}</span>),
        },
        { key: 'zone', title: say('zone'), cell: ({ unit }) => unit.timeZone ?? <span className="quiet">{say('inherited')}</span> },
        onChange !== null && {
          key: 'change',
          title: say('acts'),
          unseen: true,
          plain: true,
          cell: ({ unit }) => (
            <div className="acts-cell">
              <Button size="small" onClick={() => onChange(unit)}>
                {say('change')}
              </Button>
            </div>
          ),
        },
      ]}
    />
  );
}

interface TypedUnit {
  name: string;
  kind: Kind;
  parent?: string;
  responsible?: string;
  timeZone?: string;
  state?: Schemas['MemberState'];
}

/**
 * Each part of a change has its own route and its own entry; they go in this order, each with the version the one before answered. What was answered is
 * kept: where a later part is refused, the next try goes on from there and makes no second unit.
 */
function UnitForm({ entity, unit, onClose }: { entity: string; unit: Unit | undefined; onClose: () => void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const units = useUnits();
  const colleagues = useColleagues();
  const { fault, busy, run } = useRun();
  const [kept, setKept] = useState(unit);
  const send = async (typed: TypedUnit) => {
    const name = typed.name.trim();
    const zone = typed.timeZone?.trim() ?? '';
    const parent = typed.parent ?? null;
    let now = kept;
    if (now === undefined) {
      const body = { entity, name, kind: typed.kind, ...(parent && { parent }), ...(zone && { timeZone: zone }) };
      now = await call(() => api.POST('/v1/units', { body }));
      setKept(now);
    }
    const params = { path: { id: now.id } };
    const state = typed.state ?? now.state;
    if (name !== now.name || typed.kind !== now.kind || zone !== (now.timeZone ?? '') || state !== now.state) {
      const body = { version: now.version, name, kind: typed.kind, state, timeZone: zone };
      now = await call(() => api.PATCH('/v1/units/{id}', { params, body }));
      setKept(now);
    }
    // The server leaves out what is null.
    if (parent !== (now.parent ?? null)) {
      const body = { version: now.version, parent };
      now = await call(() => api.POST('/v1/units/{id}/move', { params, body }));
      setKept(now);
    }
    if ((typed.responsible ?? null) !== (now.responsible ?? null)) {
      const body = { version: now.version, person: typed.responsible ?? null };
      await call(() => api.POST('/v1/units/{id}/responsible', { params, body }));
    }
  };
  const save = (typed: TypedUnit) =>
    run(async () => {
      try {
        await send(typed);
      } finally {
        // Refused or not, part of it may be done, or somebody else was faster: the list shows what is.
        await queries.invalidateQueries({ queryKey: ['units'] });
      }
      onClose();
    });
  return (
    <Drawer open title={say(unit ? 'changing' : 'adding')} onClose={onClose}>
      <Form<TypedUnit>
        layout="vertical"
        requiredMark={false}
        initialValues={
          unit
            ? {
                name: unit.name,
                kind: unit.kind,
                parent: unit.parent ?? undefined,
                responsible: unit.responsible ?? undefined,
                timeZone: unit.timeZone ?? undefined,
                state: unit.state,
              }
            : { kind: 'department' }
        }
        onFinish={(typed) => void save(typed)}
      >
        <Form.Item name="name" label={say('name')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="kind" label={say('kind')}>
          <Select options={kinds.map((one) => ({ value: one, label: say(one) }))} />
        </Form.Item>
        <Form.Item name="parent" label={say('parent')}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            options={(units.data ?? []).filter((one) => one.entity === entity && one.id !== kept?.id).map((one) => ({ value: one.id, label: one.name }))}
          />
        </Form.Item>
        <Form.Item name="responsible" label={say('responsible')}>
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={colleagues} />
        </Form.Item>
        <Form.Item name="timeZone" label={say('timeZone')}>
          <Input maxLength={60} placeholder="Asia/Urumqi" autoComplete="off" />
        </Form.Item>
        {unit && (
          <Form.Item name="state" label={say('state')}>
            <Select options={states.map((one) => ({ value: one, label: say(one) }))} />
          </Form.Item>
        )}
        <FormEnd fault={fault} busy={busy}>
          {say('save')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}

interface TypedEntity {
  name: string;
  uscc?: string;
  state?: Schemas['MemberState'];
}

function EntityForm({ entity, onClose }: { entity: Entity | undefined; onClose: () => void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const save = (typed: TypedEntity) =>
    run(async () => {
      const [name, uscc] = [typed.name.trim(), typed.uscc?.trim() ?? ''];
      try {
        await (entity
          ? call(() =>
              api.PATCH('/v1/entities/{id}', {
                params: { path: { id: entity.id } },
                body: { name, uscc, version: entity.version, state: typed.state ?? entity.state },
              }),
            )
          : call(() => api.POST('/v1/entities', { body: { name, uscc: uscc || null } })));
      } finally {
        await queries.invalidateQueries({ queryKey: ['entities'] });
      }
      onClose();
    });
  return (
    <Drawer open title={say(entity ? 'changingEntity' : 'newEntity')} onClose={onClose}>
      <Form<TypedEntity>
        layout="vertical"
        requiredMark={false}
        initialValues={entity ? { name: entity.name, uscc: entity.uscc ?? undefined, state: entity.state } : {}}
        onFinish={(typed) => void save(typed)}
      >
        <Form.Item name="name" label={say('name')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="uscc" label={say('uscc')}>
          <Input maxLength={18} className="num" autoComplete="off" />
        </Form.Item>
        {entity && (
          <Form.Item name="state" label={say('state')}>
            <Select options={states.map((one) => ({ value: one, label: say(one) }))} />
          </Form.Item>
        )}
        <FormEnd fault={fault} busy={busy}>
          {say('save')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}
