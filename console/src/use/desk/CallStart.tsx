import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
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

/** Opens the service session: reference, purpose and caller are said once for the whole call. */
export function CallStart({ onOpen }: { onOpen: (service: Service, reference: string, caller: string) => void }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
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
        layout="vertical"
        requiredMark={false}
        autoComplete="off"
        initialValues={{ purpose: purposes.some((one) => one.key === 'fulfil') ? 'fulfil' : purposes[0]?.key }}
        onFinish={(typed) => void open(typed)}
      >
        <Form.Item name="reference" label={say('reference')} rules={[{ required: true, message: '' }]}>
          <Input autoFocus placeholder={say('referenceExample')} maxLength={128} className="num" />
        </Form.Item>
        <Form.Item name="purpose" label={say('purpose')} extra={say('purposeHint')} rules={[{ required: true, message: '' }]}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={purposes.map((purpose) => ({ value: purpose.key, label: tell(purpose) }))} />
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
