import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { api, call, callPlainly, type Schemas } from '../../api/client';
import { ProblemNote } from '../../shell/Problem';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';

const words = defineWords(
  'sso-links',
  {
    title: '单点登录',
    none: '没有关联身份。',
    off: '解除关联',
    offSure: '解除关联后,此人不能再用它登录,会话全部结束。',
    provider: '登录服务',
    subject: '身份标识(该服务里的 sub)',
    subjectHint: '由该服务的管理员提供,逐字比对;不是邮箱或姓名。',
    ask: '请另一位管理员批准',
    asked: '已请另一位管理员批准;批准后在上方"双人事项"办理。',
    yes: '确定',
    no: '返回',
  },
  {
    title: 'Single sign-on',
    none: 'No identity is linked.',
    off: 'Unlink',
    offSure: 'It signs this person in no more, and all sessions end.',
    provider: 'Provider',
    subject: 'Subject (“sub” at the provider)',
    subjectHint: 'Told by whoever runs the provider and compared exactly: no e-mail address, no name.',
    ask: 'Ask the other administrator',
    asked: 'The other administrator was asked. Carry it out above, under “Acts that take two”, once approved.',
    yes: 'Yes',
    no: 'Back',
  },
);

interface Typed {
  provider: string;
  subject: string;
}

/** Identities at providers of single sign-on: linked by two administrators, taken off by one. Where the installation has no provider there is nothing. */
export function SsoLinks({ person, term }: { person: Schemas['PersonView']; term: number }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [form] = Form.useForm<Typed>();
  const [asked, setAsked] = useState(false);
  const known = useQuery({ queryKey: ['sso'], queryFn: () => callPlainly(() => api.GET('/v1/sign-in/sso')), staleTime: Number.POSITIVE_INFINITY });
  const open = (known.data?.providers ?? []).filter((one) => !person.sso.includes(one));
  if (open.length === 0 && person.sso.length === 0) return null;
  const again = () => Promise.all(['person', 'person-sessions', 'approvals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const ask = (typed: Typed) =>
    run(async () => {
      setAsked(false);
      const body = { provider: typed.provider, subject: typed.subject.trim(), expires: Date.now() + term };
      await call(() => api.POST('/v1/people/{id}/sso/request', { params: { path: { id: person.id } }, body }));
      form.resetFields();
      setAsked(true);
      await again();
    });
  const unlink = (provider: string) =>
    run(async () => {
      await call(() => api.DELETE('/v1/people/{id}/sso/{provider}', { params: { path: { id: person.id, provider } } }));
      await again();
    });
  return (
    <section className="panel stack" aria-label={say('title')}>
      <h2>{say('title')}</h2>
      {person.sso.length === 0 ? (
        <p className="quiet">{say('none')}</p>
      ) : (
        <ul className="todos">
          {person.sso.map((provider) => (
            <li key={provider} className="row">
              <strong>{provider}</strong>
              <span className="spread" />
              <Popconfirm title={say('offSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void unlink(provider)}>
                <Button size="small" danger loading={busy}>
                  {say('off')}
                </Button>
              </Popconfirm>
            </li>
          ))}
        </ul>
      )}
      {fault !== null && <ProblemNote fault={fault} />}
      {asked && <p role="status">{say('asked')}</p>}
      {person.state === 'active' && open.length > 0 && (
        <Form<Typed>
          form={form}
          layout="vertical"
          requiredMark={false}
          {...(open.length === 1 && { initialValues: { provider: open[0] } })}
          onFinish={(typed) => void ask(typed)}
        >
          <Form.Item name="provider" label={say('provider')} rules={[{ required: true, message: '' }]}>
            <Select options={open.map((one) => ({ value: one, label: one }))} />
          </Form.Item>
          <Form.Item name="subject" label={say('subject')} extra={say('subjectHint')} rules={[{ required: true, whitespace: true, message: '' }]}>
            <Input maxLength={255} autoComplete="off" spellCheck={false} className="mono" />
          </Form.Item>
          <Button htmlType="submit" loading={busy}>
            {say('ask')}
          </Button>
        </Form>
      )}
    </section>
  );
}
