import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, InputNumber, Segmented } from 'antd';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../../api/client';
import { CsvImport } from '../../../shell/CsvImport';
import { FormEnd } from '../../../shell/FormEnd';
import { Listing } from '../../../shell/Listing';
import { useMe } from '../../../shell/me';
import { Rows } from '../../../shell/Rows';
import { ago, companyDayOf } from '../../../shell/time';
import { useRun } from '../../../shell/useRun';
import { defineWords, useLanguage, useWords } from '../../../shell/words';
import { Who } from '../Who';

const words = defineWords(
  'duties-people',
  {
    title: '协议与培训',
    hint: '缺一项就只能看脱敏内容。最先到期的在前。',
    views: '看哪些',
    lapsed: '已过期',
    ending: '30 天内到期',
    all: '全部',
    none: '没有这样的人。',
    person: '人员',
    duty: '义务',
    nda: '保密协议',
    training: '保护培训',
    what: '内容',
    version: '第 {{version}} 版',
    at: '完成',
    until: '有效至',
    over: '已过期,{{ago}}',
    import: '导入培训结果',
    importHint: '日期按天填写,到期日当天仍有效。逐行处理:有误的行不影响其他行。不能给自己登记。',
    taken: '已登记 {{count}} 人。',
    text: '保密协议现行第 {{version}} 版,每次签署有效 {{days}} 天',
    publish: '发布新版…',
    publishing: '发布新版保密协议',
    publishHint: '新版发布后,大家在旧版到期时签新版;两种文字都要写。',
    zh: '中文全文',
    en: '英文全文',
    term: '有效天数',
    go: '发布',
  },
  {
    title: 'Agreements and training',
    hint: 'Whoever lacks one sees masked values only. What ends first comes first.',
    views: 'Which',
    lapsed: 'Lapsed',
    ending: 'Ends in 30 days',
    all: 'All',
    none: 'Nobody.',
    person: 'Person',
    duty: 'Duty',
    nda: 'Confidentiality agreement',
    training: 'Training',
    what: 'What',
    version: 'version {{version}}',
    at: 'Fulfilled',
    until: 'Valid to',
    over: 'lapsed {{ago}}',
    import: 'Import training results',
    importHint: 'Days; the last one is included. Each line stands for itself: a wrong one costs only itself. Nobody reports his own.',
    taken: '{{count}} recorded.',
    text: 'Confidentiality agreement, version {{version}}; a signature is valid for {{days}} days',
    publish: 'Publish a new version…',
    publishing: 'Publish a new version of the agreement',
    publishHint: 'Everybody signs the new words when the present signature ends. Both languages are needed.',
    zh: 'Chinese text',
    en: 'English text',
    term: 'Days a signature is valid',
    go: 'Publish',
  },
);

type Duty = Schemas['PersonDuty'];
const views = ['lapsed', 'ending', 'all'] as const;
type View = (typeof views)[number];
const soon = 30 * 86_400_000;

/** Who signed and who passed, until when; training results come in as a CSV (R76, R81). */
export default function Duties() {
  const say = useWords(words);
  const language = useLanguage();
  const me = useMe();
  const queries = useQueryClient();
  const [query, setQuery] = useSearchParams();
  const [publishing, setPublishing] = useState(false);
  const asked = useQuery({ queryKey: ['duties-people'], queryFn: () => call(() => api.GET('/v1/duties/people')) });
  const now = Date.now();
  const of = (which: View, list: readonly Duty[]) =>
    list
      .filter((one) => (which === 'all' ? true : which === 'lapsed' ? !one.inForce : one.inForce && one.until < now + soon))
      .sort((a, b) => a.until - b.until);
  const view: View = views.find((one) => one === query.get('view')) ?? 'all';
  const shown = asked.data && of(view, asked.data);
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet lead">{say('hint')}</p>
      <Agreement onPublish={me.policies.has('nda.manage') ? () => setPublishing(true) : null} />
      <Segmented<View>
        aria-label={say('views')}
        value={view}
        onChange={(next) => setQuery(next === 'all' ? {} : { view: next }, { replace: true })}
        options={views.map((one) => ({ value: one, label: asked.data ? `${say(one)} ${of(one, asked.data).length}` : say(one) }))}
      />
      <Listing asked={{ ...asked, data: shown }} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <section className="panel" aria-label={say('title')}>
            <Rows<Duty>
              label={say('title')}
              rows={list}
              id={(one) => `${one.person}-${one.duty}`}
              marked={(one) => !one.inForce}
              columns={[
                { key: 'person', title: say('person'), plain: true, cell: (one) => <Who id={one.person} /> },
                { key: 'duty', title: say('duty'), plain: true, cell: (one) => (one.duty === 'nda' || one.duty === 'training' ? say(one.duty) : one.duty) },
                {
                  key: 'what',
                  title: say('what'),
                  cell: (one) => <span className="quiet">{one.course ?? (one.textVersion != null ? say('version', { version: one.textVersion }) : '')}</span>,
                },
                { key: 'at', title: say('at'), num: true, cell: (one) => companyDayOf(one.at, language) },
                {
                  key: 'until',
                  title: say('until'),
                  num: true,
                  cell: (one) =>
                    one.inForce ? (
                      <span className={one.until < now + soon ? 'warn' : ''}>{companyDayOf(one.until, language)}</span>
                    ) : (
                      <span className="bad">{say('over', { ago: ago(one.until, now, language) })}</span>
                    ),
                },
              ]}
            />
          </section>
        )}
      </Listing>
      <CsvImport
        title={say('import')}
        header="account,course,passed,expires"
        hint={say('importHint')}
        send={async (text) => {
          const taken = await call(() =>
            api.POST('/v1/training/import', { body: text, bodySerializer: (body: string) => body, headers: { 'Content-Type': 'text/csv' } }),
          );
          await queries.invalidateQueries({ queryKey: ['duties-people'] });
          return { done: say('taken', { count: taken.accepted }), rejected: taken.rejected };
        }}
      />
      {publishing && <Publish onClose={() => setPublishing(false)} />}
    </>
  );
}

function Agreement({ onPublish }: { onPublish: (() => void) | null }) {
  const say = useWords(words);
  const asked = useQuery({ queryKey: ['nda'], queryFn: () => call(() => api.GET('/v1/nda')) });
  return (
    <div className="row wrap">
      {asked.data && <span>{say('text', { version: asked.data.version, days: asked.data.termDays })}</span>}
      <span className="spread" />
      {onPublish && (
        <Button size="small" onClick={onPublish}>
          {say('publish')}
        </Button>
      )}
    </div>
  );
}

function Publish({ onClose }: { onClose: () => void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const publish = (body: Schemas['NdaPublish']) =>
    run(async () => {
      await call(() => api.POST('/v1/nda', { body }));
      await queries.invalidateQueries({ queryKey: ['nda'] });
      onClose();
    });
  const needed = [{ required: true, whitespace: true, message: '' }];
  return (
    <Drawer open title={say('publishing')} size="large" onClose={onClose}>
      <Form<Schemas['NdaPublish']> layout="vertical" requiredMark={false} initialValues={{ termDays: 365 }} onFinish={(typed) => void publish(typed)}>
        <p className="quiet">{say('publishHint')}</p>
        <Form.Item name="zh" label={say('zh')} rules={needed}>
          <Input.TextArea rows={8} />
        </Form.Item>
        <Form.Item name="en" label={say('en')} rules={needed}>
          <Input.TextArea rows={8} />
        </Form.Item>
        <Form.Item name="termDays" label={say('term')}>
          <InputNumber min={1} precision={0} />
        </Form.Item>
        <FormEnd fault={fault} busy={busy}>
          {say('go')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}
