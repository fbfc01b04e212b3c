import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { useApprovals } from '../approvals/Queue';
import { type Approval, stands } from '../approvals/shared';
import { type ClientAct, clientActOf } from './clientActs';

const words = defineWords(
  'client-acts',
  {
    title: '双人事项:工单接口',
    ready: '另一位管理员已批准,等您办理',
    waiting: '等待另一位管理员批准',
    create: '登记 {{name}}',
    change: '修改 {{name}}',
    rotate: '{{name}}:换令牌',
    handOver: '{{name}}:移交负责人',
    goCreate: '登记并发令牌',
    goChange: '修改',
    goRotate: '换令牌',
    goHandOver: '移交并发新令牌',
    open: '查看申请',
  },
  {
    title: 'Acts that take two: ticket systems',
    ready: 'Approved by the other administrator; carry them out',
    waiting: 'Waiting for the other administrator',
    create: 'Register {{name}}',
    change: 'Change {{name}}',
    rotate: '{{name}}: new token',
    handOver: '{{name}}: hand over to another owner',
    goCreate: 'Register and issue the token',
    goChange: 'Change it',
    goRotate: 'Issue the token',
    goHandOver: 'Hand over, new token',
    open: 'See the request',
  },
);

/** Own acts on clients that push work orders: what the second administrator read is what is sent, byte for byte (ClientAct). */
export function ClientActs({ clients, onToken }: { clients: readonly Schemas['ClientView'][]; onToken: (token: string) => void }) {
  const say = useWords(words);
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const asked = useApprovals();
  const own = (asked.data ?? []).flatMap((one) => {
    const act = clientActOf(one);
    return act && one.requester === me.session.person && (stands(one) || one.state === 'requested') ? [{ one, act }] : [];
  });
  if (own.length === 0 && fault === null) return null;
  const nameOf = (act: ClientAct) => ('create' in act ? act.create.name : (clients.find((one) => one.id === act.client)?.name ?? act.client.slice(0, 8)));
  const apply = (one: Approval, act: ClientAct) =>
    run(async () => {
      const token = await send(act, one.id);
      if (token !== null) onToken(token);
      await Promise.all(['clients', 'approvals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  return (
    <section className="panel stack" aria-label={say('title')}>
      <h2>{say('title')}</h2>
      {fault !== null && <ProblemNote fault={fault} />}
      <ul className="todos">
        {own.map(({ one, act }) => (
          <li key={one.id} className="row wrap">
            <span>{say(act.kind, { name: nameOf(act) })}</span>
            <span className={stands(one) ? 'good' : 'quiet'}>{say(stands(one) ? 'ready' : 'waiting')}</span>
            <span className="spread" />
            <Link to={`/approvals/request?id=${one.id}`}>{say('open')}</Link>
            {stands(one) && (
              <Button size="small" type="primary" loading={busy} onClick={() => void apply(one, act)}>
                {say(`go${act.kind[0]?.toUpperCase()}${act.kind.slice(1)}` as 'goCreate')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
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
