import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import type { Approval } from '../approvals/shared';
import { Once } from './Once';
import { OwnActs, useOwnActs } from './OwnActs';
import { usePostName, useUnits } from './organisation';
import { usePeople } from './People';

const words = defineWords(
  'guarded-acts',
  {
    title: '双人事项',
    grant: '{{name}}:{{post}} · {{unit}}',
    recover: '{{name}}:重置登录方式',
    link: '{{name}}:关联 {{provider}} 身份 {{subject}}',
    linkGo: '关联身份',
    apply: '授予岗位',
    password: '给初始密码',
    factors: '清除第二因素',
    start: '初始密码(只显示这一次,请当面交给本人)',
  },
  {
    title: 'Acts that take two',
    grant: '{{name}}: {{post}} · {{unit}}',
    recover: '{{name}}: reset of the sign-in',
    link: '{{name}}: identity {{subject}} at {{provider}}',
    linkGo: 'Link it',
    apply: 'Give the post',
    password: 'New start password',
    factors: 'Clear the second factors',
    start: 'Start password (shown this once; hand it over in person)',
  },
);

interface Act {
  person: string;
  post?: string | null;
  unit?: string | null;
  from?: number | null;
  until?: number | null;
  provider?: string | null;
  subject?: string | null;
}

/** What exactly was approved stands in the request: nothing else may be carried out under it (GuardedAct). */
export function actOf(approval: { act: string; preview: string }): Act | null {
  if (!['post.grant', 'account.recover', 'sso.link'].includes(approval.act)) return null;
  try {
    const act = JSON.parse(approval.preview) as Act;
    return typeof act.person === 'string' ? act : null;
  } catch {
    return null;
  }
}

/** Own guarded acts: those waiting for the second administrator and those to carry out. */
export function Ready({ person }: { person?: string }) {
  const say = useWords(words);
  const people = usePeople();
  const post = usePostName();
  const units = useUnits();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [start, setStart] = useState<string | null>(null);
  const own = useOwnActs((one) => {
    const act = actOf(one);
    return act && (!person || act.person === person) ? act : null;
  });
  if (own.length === 0 && fault === null && start === null) return null;
  const nameOf = (id: string) => people.data?.find((one) => one.id === id)?.name ?? id.slice(0, 8);
  const done = () => Promise.all(['people', 'person', 'approvals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const grant = (one: Approval, act: Act) =>
    run(async () => {
      const body = { post: act.post ?? '', unit: act.unit ?? '', from: act.from ?? null, until: act.until ?? null, approval: one.id };
      await call(() => api.POST('/v1/people/{id}/posts', { params: { path: { id: act.person } }, body }));
      await done();
    });
  const password = (one: Approval, act: Act) =>
    run(async () => {
      const given = await call(() => api.POST('/v1/people/{id}/start-password', { params: { path: { id: act.person } }, body: { approval: one.id } }));
      setStart(given.startPassword);
      await done();
    });
  const factors = (one: Approval, act: Act) =>
    run(async () => {
      await call(() => api.POST('/v1/people/{id}/factors/reset', { params: { path: { id: act.person } }, body: { approval: one.id } }));
      await done();
    });
  const link = (one: Approval, act: Act) =>
    run(async () => {
      const body = { provider: act.provider ?? '', subject: act.subject ?? '', approval: one.id };
      await call(() => api.POST('/v1/people/{id}/sso', { params: { path: { id: act.person } }, body }));
      await done();
    });
  const title = (act: Act): string => {
    const name = nameOf(act.person);
    if (act.provider) return say('link', { name, provider: act.provider, subject: act.subject ?? '' });
    return act.post ? say('grant', { name, post: post(act.post), unit: units.nameOf(act.unit ?? '') }) : say('recover', { name });
  };
  return (
    <OwnActs
      label={say('title')}
      own={own}
      name={title}
      fault={fault}
      go={({ one, act }) => (
        <>
          {act.post && (
            <Button size="small" type="primary" loading={busy} onClick={() => void grant(one, act)}>
              {say('apply')}
            </Button>
          )}
          {act.provider && (
            <Button size="small" type="primary" loading={busy} onClick={() => void link(one, act)}>
              {say('linkGo')}
            </Button>
          )}
          {!act.post && !act.provider && (
            <>
              <Button size="small" loading={busy} onClick={() => void password(one, act)}>
                {say('password')}
              </Button>
              <Button size="small" loading={busy} onClick={() => void factors(one, act)}>
                {say('factors')}
              </Button>
            </>
          )}
        </>
      )}
    >
      {start && <Once label={say('start')} value={start} onKept={() => setStart(null)} />}
    </OwnActs>
  );
}
