import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { FormEnd } from '../../shell/FormEnd';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { Rows } from '../../shell/Rows';
import { useRun } from '../../shell/useRun';
import { defineWords, useSay, useWords } from '../../shell/words';
import { useColleagues, useEntities, useNames, usePostName } from '../../spine/identity/organisation';
import { Members } from './Members';

const words = defineWords(
  'customer-lists',
  {
    title: '受控客户名单',
    hint: '名单上的客户,只有这里写明的人、岗位和系统能看;一个也没写,就只有经授权才能看。',
    none: '还没有受控名单。',
    add: '新名单…',
    adding: '新名单',
    changing: '修改名单',
    members: '名单上的客户…',
    name: '名称',
    kind: '类别',
    effect: '其他人看到',
    entity: '法人',
    who: '谁能看',
    persons: '人员',
    posts: '岗位',
    clients: '接口客户端',
    change: '修改…',
    vip: '重要客户',
    staff: '本公司员工',
    litigation: '涉诉',
    other: '其他',
    masked: '只见脱敏',
    hidden: '完全看不到',
    nobody: '无人,须经授权',
    clientCount: '{{count}} 个接口',
    save: '保存',
  },
  {
    title: 'Controlled lists',
    hint: 'A customer on a list is seen only by the people, posts and systems it names; where it names nobody, only with an approval.',
    none: 'No controlled list yet.',
    add: 'New list…',
    adding: 'New list',
    changing: 'Change the list',
    members: 'Customers…',
    name: 'Name',
    kind: 'Kind',
    effect: 'Others see',
    entity: 'Legal entity',
    who: 'Who may see',
    persons: 'People',
    posts: 'Posts',
    clients: 'API clients',
    change: 'Change…',
    vip: 'Important customers',
    staff: 'Own staff',
    litigation: 'In litigation',
    other: 'Other',
    masked: 'masked values',
    hidden: 'nothing at all',
    nobody: 'nobody without an approval',
    clientCount: '{{count}} {{count|client|clients}}',
    save: 'Save',
  },
);

type List = Schemas['ListView'];
type Kind = Schemas['CustomerListKind'];
const kinds: Kind[] = ['vip', 'staff', 'litigation', 'other'];
const effects: Schemas['ListEffect'][] = ['masked', 'hidden'];

/** Controlled lists of customers, for who owns the data (R35). */
export default function Lists() {
  const say = useWords(words);
  const comma = useSay()({ zh: '、', en: ', ' });
  const [editing, setEditing] = useState<List | 'new' | null>(null);
  const [setting, setSetting] = useState<List | null>(null);
  const entities = useEntities();
  const post = usePostName();
  const { nameOf } = useNames();
  const asked = useQuery({ queryKey: ['customer-lists'], queryFn: async () => (await call(() => api.GET('/v1/customer-lists'))).lists });
  const who = ({ list }: List): string =>
    [
      ...(list.persons as string[]).map(nameOf),
      ...(list.posts as string[]).map(post),
      ...(list.clients.length > 0 ? [say('clientCount', { count: list.clients.length })] : []),
    ].join(comma);
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Button size="small" onClick={() => setEditing('new')}>
          {say('add')}
        </Button>
      </div>
      <p className="quiet lead">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel" aria-label={say('title')}>
            <Rows<List>
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
                      <strong>{one.list.name}</strong> <span className="tag">{say(one.list.kind)}</span>
                    </>
                  ),
                },
                {
                  key: 'effect',
                  title: say('effect'),
                  cell: (one) => <span className={one.list.effect === 'hidden' ? 'warn' : ''}>{say(one.list.effect)}</span>,
                },
                { key: 'who', title: say('who'), cell: (one) => who(one) || <span className="warn">{say('nobody')}</span> },
                { key: 'entity', title: say('entity'), cell: (one) => entities.nameOf(one.list.entity) },
                {
                  key: 'acts',
                  title: '',
                  plain: true,
                  cell: (one) => (
                    <div className="acts-cell">
                      <Button size="small" onClick={() => setSetting(one)}>
                        {say('members')}
                      </Button>
                      <Button size="small" onClick={() => setEditing(one)}>
                        {say('change')}
                      </Button>
                    </div>
                  ),
                },
              ]}
            />
          </section>
        )}
      </Listing>
      {editing && <Edit list={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />}
      {setting && <Members list={setting} onClose={() => setSetting(null)} />}
    </>
  );
}

interface Typed {
  name: string;
  kind: Kind;
  effect: Schemas['ListEffect'];
  entity: string;
  persons?: string[];
  posts?: string[];
}

function Edit({ list, onClose }: { list: List | undefined; onClose: () => void }) {
  const say = useWords(words);
  const me = useMe();
  const queries = useQueryClient();
  const colleagues = useColleagues();
  const entities = useEntities();
  const post = usePostName();
  const { fault, busy, run } = useRun();
  const save = (typed: Typed) =>
    run(async () => {
      const body = {
        ...typed,
        name: typed.name.trim(),
        persons: typed.persons ?? [],
        posts: typed.posts ?? [],
        clients: list?.list.clients ?? [],
        version: list?.version ?? 0,
      };
      await (list
        ? call(() => api.PUT('/v1/customer-lists/{id}', { params: { path: { id: list.id } }, body }))
        : call(() => api.POST('/v1/customer-lists', { body })));
      await queries.invalidateQueries({ queryKey: ['customer-lists'] });
      onClose();
    });
  const needed = [{ required: true, message: '' }];
  return (
    <Drawer open title={say(list ? 'changing' : 'adding')} onClose={onClose}>
      <Form<Typed>
        layout="vertical"
        requiredMark={false}
        initialValues={list ? { ...list.list } : { kind: 'vip', effect: 'masked', entity: entities.data?.[0]?.id }}
        onFinish={(typed) => void save(typed)}
      >
        <Form.Item name="name" label={say('name')} rules={[{ required: true, whitespace: true, message: '' }]}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="kind" label={say('kind')}>
          <Select options={kinds.map((one) => ({ value: one, label: say(one) }))} />
        </Form.Item>
        <Form.Item name="effect" label={say('effect')}>
          <Select options={effects.map((one) => ({ value: one, label: say(one) }))} />
        </Form.Item>
        <Form.Item name="entity" label={say('entity')} rules={needed}>
          <Select disabled={list !== undefined} options={(entities.data ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
        <Form.Item name="persons" label={say('persons')}>
          <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} options={colleagues} />
        </Form.Item>
        <Form.Item name="posts" label={say('posts')}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            options={me.words.posts.map((one) => ({ value: one.key, label: post(one.key) }))}
          />
        </Form.Item>
        <FormEnd fault={fault} busy={busy}>
          {say('save')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}
