import { Button, Form, Input, Radio } from 'antd';
import { useRef, useState } from 'react';
import { api, call } from '../../api/client';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { useSay, useWords } from '../../shell/words';
import type { Service } from './Desk';
import { words } from './words';

interface Typed {
  reference: string;
  purpose: string;
  caller?: string;
}

/** Purposes offered at once, each by its digit; a catalogue has twice as many that no call is about. */
const few = 9;

/** Opens the service session: reference, purpose and caller are said once for the whole call. What it is for is chosen, never assumed (domain.md §5): the log will say so. */
export function CallStart({ onOpen }: { onOpen: (service: Service, reference: string, caller: string) => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [form] = Form.useForm<Typed>();
  const choices = useRef<HTMLDivElement>(null);
  const [all, setAll] = useState(false);
  const purposes = me.words.purposes.filter((purpose) => me.purposes === null || me.purposes.has(purpose.key));
  const open = async (typed: Typed) => {
    setBusy(true);
    setFault(null);
    try {
      const reference = typed.reference.trim();
      onOpen(await call(() => api.POST('/v1/service-sessions', { body: { reference, purpose: typed.purpose } })), reference, typed.caller?.trim() ?? '');
    } catch (thrown) {
      setFault(thrown);
      setBusy(false);
    }
  };
  return (
    <section className="panel stack call-start" aria-label={say('begin')}>
      <p className="quiet">{say('beginHint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        autoComplete="off"
        initialValues={purposes.length === 1 ? { purpose: purposes[0]?.key } : {}}
        onFinish={(typed) => void open(typed)}
        onFinishFailed={({ errorFields }) => errorFields[0]?.name[0] === 'purpose' && choices.current?.querySelector('input')?.focus()}
      >
        <Form.Item name="reference" label={say('reference')} rules={[{ required: true, message: '' }]}>
          <Input autoFocus placeholder={say('referenceExample')} maxLength={128} className="num" />
        </Form.Item>
        <Form.Item label={say('purpose')} extra={say('purposeHint')}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: digits are a shorter way to the radios inside */}
          <div
            ref={choices}
            onKeyDown={(event) => {
              const chosen = purposes.slice(0, few)[Number(event.key) - 1];
              if (chosen && !event.ctrlKey && !event.metaKey && !event.altKey) form.setFieldValue('purpose', chosen.key);
            }}
          >
            <Form.Item name="purpose" noStyle rules={[{ required: true, message: say('purposeFirst') }]}>
              <Radio.Group className="choices" aria-label={say('purpose')}>
                {(all ? purposes : purposes.slice(0, few)).map((purpose, i) => (
                  <Radio key={purpose.key} value={purpose.key}>
                    {tell(purpose)} {i < few && <kbd>{i + 1}</kbd>}
                  </Radio>
                ))}
              </Radio.Group>
            </Form.Item>
            {!all && purposes.length > few && (
              <Button size="small" type="link" onClick={() => setAll(true)}>
                {say('purposeMore', { count: purposes.length - few })}
              </Button>
            )}
          </div>
        </Form.Item>
        <Form.Item name="caller" label={say('caller')}>
          <Input maxLength={64} className="num" inputMode="tel" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {say('open')}
        </Button>
      </Form>
    </section>
  );
}
