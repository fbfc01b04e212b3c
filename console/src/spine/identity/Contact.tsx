import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { ProblemNote } from '../../shell/Problem';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import '../../shell/rows.css';

const words = defineWords(
  'contact',
  {
    title: '通知地址',
    own: '审批、复核、告警等通知发到这里;通知里没有客户信息。',
    other: '填写后替换原有地址;原地址不显示。本人会收到更改通知。',
    email: '邮箱(空:不用邮件通知)',
    save: '保存',
    saved: '已保存。',
  },
  {
    title: 'Notice address',
    own: 'Notices about approvals, reviews and alerts go here; they hold nothing about customers.',
    other: 'It replaces the address on file, which is not shown. The person is told of the change.',
    email: 'E-mail (empty: no notices by mail)',
    save: 'Save',
    saved: 'Saved.',
  },
);

/** Where one's own notices go. */
export function OwnContact() {
  const say = useWords(words);
  const asked = useQuery({ queryKey: ['session-contact'], gcTime: 0, queryFn: () => call(() => api.GET('/v1/session/contact')) });
  return (
    <section className="panel stack" style={{ maxWidth: 720 }} aria-label={say('title')}>
      <h2>{say('title')}</h2>
      <p className="quiet">{say('own')}</p>
      <Listing asked={asked} isEmpty={() => false}>
        {(own) => <Address email={own.email} save={(email) => call(() => api.PUT('/v1/session/contact', { body: { email } }))} />}
      </Listing>
    </section>
  );
}

/** Where a person's notices go, set by an administrator: he never reads the present one. */
export function PersonContact({ person }: { person: string }) {
  const say = useWords(words);
  return (
    <section className="panel stack" aria-label={say('title')}>
      <h2>{say('title')}</h2>
      <p className="quiet">{say('other')}</p>
      <Address email={null} save={(email) => call(() => api.PUT('/v1/people/{id}/contact', { params: { path: { id: person } }, body: { email } }))} />
    </section>
  );
}

function Address({ email, save }: { email: string | null; save: (email: string | null) => Promise<unknown> }) {
  const say = useWords(words);
  const { fault, busy, run } = useRun();
  const [typed, setTyped] = useState(email ?? '');
  const [saved, setSaved] = useState(false);
  return (
    <>
      {fault !== null && <ProblemNote fault={fault} />}
      <form
        className="row wrap"
        onSubmit={(event) => {
          event.preventDefault();
          setSaved(false);
          void run(async () => {
            await save(typed.trim() || null);
            setSaved(true);
          });
        }}
      >
        <Input
          type="email"
          className="grow"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          aria-label={say('email')}
          placeholder={say('email')}
          autoComplete="off"
          maxLength={254}
        />
        <Button htmlType="submit" loading={busy}>
          {say('save')}
        </Button>
        {saved && <span role="status">{say('saved')}</span>}
      </form>
    </>
  );
}
