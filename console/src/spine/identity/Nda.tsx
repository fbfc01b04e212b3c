import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { when } from '../../shell/time';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import './identity.css';

const words = defineWords(
  'nda',
  {
    title: '保密协议',
    version: '第 {{version}} 版 · 签署后 {{days}} 天有效',
    signed: '您已签署,有效期至 {{until}}。',
    name: '请输入您的姓名作为签署',
    sign: '签署',
    words: '签署的正是上面显示的这一种语言的文本。',
  },
  {
    title: 'Confidentiality agreement',
    version: 'Version {{version}} · holds for {{days}} days after signing',
    signed: 'You have signed; it holds until {{until}}.',
    name: 'Type your name to sign',
    sign: 'Sign',
    words: 'You sign exactly the words shown above, in this language.',
  },
);

/** The agreement in the language being read; what is signed is the digest of these words (R81). */
export default function Nda() {
  const say = useWords(words);
  const language = useLanguage();
  const queries = useQueryClient();
  const me = useMe();
  const asked = useQuery({ queryKey: ['nda'], queryFn: () => call(() => api.GET('/v1/nda')) });
  const [fault, setFault] = useState<unknown>(null);

  const sign = async (name: string) => {
    const text = asked.data;
    if (!text) return;
    setFault(null);
    try {
      await call(() =>
        api.POST('/v1/nda/sign', { body: { version: text.version, language, digest: language === 'zh' ? text.zhDigest : text.enDigest, name: name.trim() } }),
      );
      await queries.invalidateQueries();
    } catch (thrown) {
      setFault(thrown);
    }
  };

  return (
    <>
      <h1>{say('title')}</h1>
      <Listing asked={asked} isEmpty={() => false}>
        {(text) => {
          const holds = text.signedVersion === text.version && (text.signedUntil ?? 0) > Date.now();
          return (
            <section className="panel stack" style={{ maxWidth: 720 }}>
              <p className="quiet num">{say('version', { version: text.version, days: text.termDays })}</p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled text must be reachable by keyboard */}
              <div className="agreement" tabIndex={0} role="document" aria-label={say('title')}>
                {language === 'zh' ? text.zh : text.en}
              </div>
              {fault !== null && <ProblemNote fault={fault} />}
              {holds && <p className="good num">{say('signed', { until: when(text.signedUntil ?? 0, language) })}</p>}
              {!holds && (
                <Form layout="vertical" requiredMark={false} onFinish={(typed: { name: string }) => void sign(typed.name)}>
                  <Form.Item name="name" label={say('name')} extra={say('words')} rules={[{ required: true, message: '' }]}>
                    <Input placeholder={me.session.name} autoComplete="off" maxLength={100} />
                  </Form.Item>
                  <Button type="primary" htmlType="submit">
                    {say('sign')}
                  </Button>
                </Form>
              )}
            </section>
          );
        }}
      </Listing>
    </>
  );
}
