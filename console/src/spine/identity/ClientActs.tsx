import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { api, call, type Schemas } from '../../api/client';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { type ClientAct, clientActOf } from './clientActs';
import { OwnActs, useOwnActs } from './OwnActs';

const words = defineWords(
  'client-acts',
  {
    title: '双人事项:工单接口',
    create: '登记 {{name}}',
    change: '修改 {{name}}',
    rotate: '{{name}}:换令牌',
    handOver: '{{name}}:移交负责人',
    goCreate: '登记并发令牌',
    goChange: '修改',
    goRotate: '换令牌',
    goHandOver: '移交并发新令牌',
  },
  {
    title: 'Acts that take two: ticket systems',
    create: 'Register {{name}}',
    change: 'Change {{name}}',
    rotate: '{{name}}: new token',
    handOver: '{{name}}: hand over to another owner',
    goCreate: 'Register and issue the token',
    goChange: 'Change it',
    goRotate: 'Issue the token',
    goHandOver: 'Hand over, new token',
  },
);

/** Own acts on clients that push work orders: what the second administrator read is what is sent, byte for byte (ClientAct). */
export function ClientActs({ clients, onToken }: { clients: readonly Schemas['ClientView'][]; onToken: (token: string) => void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const own = useOwnActs(clientActOf);
  if (own.length === 0 && fault === null) return null;
  const nameOf = (act: ClientAct) => ('create' in act ? act.create.name : (clients.find((one) => one.id === act.client)?.name ?? act.client.slice(0, 8)));
  const apply = (approval: string, act: ClientAct) =>
    run(async () => {
      const token = await send(act, approval);
      if (token !== null) onToken(token);
      await Promise.all(['clients', 'approvals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  return (
    <OwnActs
      label={say('title')}
      own={own}
      name={(act) => say(act.kind, { name: nameOf(act) })}
      fault={fault}
      go={({ one, act }) => (
        <Button size="small" type="primary" loading={busy} onClick={() => void apply(one.id, act)}>
          {say(`go${act.kind[0]?.toUpperCase()}${act.kind.slice(1)}` as 'goCreate')}
        </Button>
      )}
    />
  );
}

/** The token, where one was made. */
async function send(act: ClientAct, approval: string): Promise<string | null> {
  switch (act.kind) {
    case 'create':
      return (await call(() => api.POST('/v1/clients', { body: { ...act.create, approval } }))).token;
    case 'change':
      await call(() => api.PATCH('/v1/clients/{id}', { params: { path: { id: act.client } }, body: { ...act.change, approval } }));
      return null;
    case 'rotate':
      return (await call(() => api.POST('/v1/clients/{id}/rotate', { params: { path: { id: act.client } }, body: { ...act.rotate, approval } }))).token;
    case 'handOver':
      return (await call(() => api.POST('/v1/clients/{id}/hand-over', { params: { path: { id: act.client } }, body: { ...act.handOver, approval } }))).token;
  }
}
