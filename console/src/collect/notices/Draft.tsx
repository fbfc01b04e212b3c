import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Segmented, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Refusal } from '../../api/problem';
import { FormEnd } from '../../shell/FormEnd';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { companyToday } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, type Language, useSay, useWords } from '../../shell/words';
import { useApprovals } from '../../spine/approvals/Queue';
import { stands } from '../../spine/approvals/shared';
import { linesOf, may, type NoticeText, pieces, recipientsOf, wordsOf } from './text';

const words = defineWords(
  'notice-draft',
  {
    next: '新版本',
    none: '还没有草稿。新版本从现行版本改起,发布前经另一人批准;客户此前的同意仍指向当时那一版。',
    begin: '起草第 {{n}} 版…',
    edit: '修改草稿…',
    draft: '第 {{n}} 版草稿',
    compare: '与现行版本比较',
    reason: '为什么发布新版(可不填)',
    ask: '提交发布审批',
    waiting: '等待批准',
    ready: '已批准,可以发布',
    open: '查看申请',
    publish: '发布',
    writing: '起草第 {{n}} 版',
    date: '日期',
    purposes: '用途',
    items: '信息项',
    party: '处理者',
    partyContact: '联系方式',
    officer: '个保负责人',
    braces: '文字里的 {handler}、{contact}、{officer} 发布后换成上面三项。',
    zh: '中文',
    en: '英文',
    title: '标题',
    handler: '处理者',
    contact: '联系方式',
    'purposes-words': '目的',
    methods: '方式',
    kinds: '种类',
    retention: '保存期限',
    rights: '权利及行使方式',
    refusal: '不同意的后果',
    necessity: '必要性(敏感信息)',
    impact: '对个人的影响(敏感信息)',
    guardian: '未成年人与监护人',
    overseas: '境外权利途径',
    recipients: '接收方(每行一个:名称 | 联系方式 | 目的 | 方式 | 种类)',
    badRecipients: '接收方每行要有五段,用 | 隔开。',
    save: '保存草稿',
  },
  {
    next: 'The next version',
    none: 'No draft yet. A new version starts from the one in force and is approved by somebody else before publication; earlier consents keep pointing at their own version.',
    begin: 'Draft version {{n}}…',
    edit: 'Change the draft…',
    draft: 'Draft of version {{n}}',
    compare: 'Compare with the version in force',
    reason: 'Why it is published (may be left empty)',
    ask: 'Ask for publication',
    waiting: 'waits for approval',
    ready: 'approved: it can be published',
    open: 'Open the request',
    publish: 'Publish',
    writing: 'Draft version {{n}}',
    date: 'Date',
    purposes: 'Purposes',
    items: 'Items',
    party: 'Handler',
    partyContact: 'Contact',
    officer: 'Data protection officer',
    braces: '{handler}, {contact} and {officer} in the words become these three.',
    zh: 'Chinese',
    en: 'English',
    title: 'Title',
    handler: 'Handler',
    contact: 'Contact',
    'purposes-words': 'Purposes',
    methods: 'Methods',
    kinds: 'Kinds',
    retention: 'Retention',
    rights: 'Rights and how to use them',
    refusal: 'What refusing means',
    necessity: 'Necessity (sensitive items)',
    impact: 'Impact on the person (sensitive items)',
    guardian: 'Minors and guardians',
    overseas: 'Rights abroad',
    recipients: 'Recipients, one a line: name | contact | purpose | method | kinds',
    badRecipients: 'A recipient’s line has five parts, set apart by |.',
    save: 'Save the draft',
  },
);

const textOf = (key: string, version: number) => call(() => api.GET('/v1/notices/{key}/{version}/text', { params: { path: { key, version } } }));

/** The version after the one in force: written, sent to publication through the approval, published (R22). */
export function NextVersion({ current }: { current: Schemas['NoticeView'] }) {
  const say = useWords(words);
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [writing, setWriting] = useState(false);
  const [reason, setReason] = useState('');
  const version = current.version + 1;
  const approvals = useApprovals();
  const asked = useQuery({
    queryKey: ['notice-next', current.key, version],
    queryFn: async (): Promise<NoticeText | null> => {
      try {
        return await textOf(current.key, version);
      } catch (thrown) {
        if (thrown instanceof Refusal && thrown.problem.status === 404) return null;
        throw thrown;
      }
    },
  });
  const draft = asked.data ?? null;
  const approval = (approvals.data ?? []).find(
    (one) => one.act === 'notice.publish' && one.content === draft?.digest && one.requester === me.session.person && (stands(one) || one.state === 'requested'),
  );
  const path = { params: { path: { key: current.key, version } } };
  const again = () => Promise.all(['notices-used', 'notice-next', 'notice', 'approvals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  const act = (send: () => Promise<unknown>) =>
    run(async () => {
      await send();
      await again();
    });
  const ask = () =>
    call(() =>
      api.POST('/v1/notices/{key}/{version}/request', {
        ...path,
        body: { until: Date.now() + 6 * 86_400_000, ...(reason.trim() && { reason: reason.trim() }) },
      }),
    );
  return (
    <section className="panel stack" aria-labelledby="notice-next">
      <h2 id="notice-next">{say('next')}</h2>
      <Listing asked={{ ...asked, data: asked.data === undefined ? undefined : { draft } }} isEmpty={() => false}>
        {() => (
          <>
            {draft ? (
              <p className="row wrap">
                <strong>{say('draft', { n: version })}</strong>
                <Link to={{ search: `notice=${current.key}&version=${version}&against=${current.version}` }}>{say('compare')}</Link>
              </p>
            ) : (
              <p className="quiet">{say('none')}</p>
            )}
            {fault !== null && <ProblemNote fault={fault} />}
            {draft && !approval && (
              <div className="field">
                <label htmlFor="notice-reason">{say('reason')}</label>
                <Input id="notice-reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
              </div>
            )}
            <div className="row wrap">
              {draft && !approval && (
                <Button type="primary" loading={busy} onClick={() => void act(ask)}>
                  {say('ask')}
                </Button>
              )}
              {approval && (
                <>
                  <span className={stands(approval) ? 'good' : 'warn'}>{say(stands(approval) ? 'ready' : 'waiting')}</span>
                  <Link to={`/approvals/request?id=${approval.id}`}>{say('open')}</Link>
                  {stands(approval) && (
                    <Button
                      type="primary"
                      loading={busy}
                      onClick={() => void act(() => call(() => api.POST('/v1/notices/{key}/{version}/publish', { ...path, body: { approval: approval.id } })))}
                    >
                      {say('publish')}
                    </Button>
                  )}
                </>
              )}
              <Button onClick={() => setWriting(true)}>{draft ? say('edit') : say('begin', { n: version })}</Button>
            </div>
          </>
        )}
      </Listing>
      {writing && (
        <Editor
          notice={current.key}
          from={draft ? version : current.version}
          version={version}
          onClose={() => setWriting(false)}
          onSaved={async () => {
            await again();
            setWriting(false);
          }}
        />
      )}
    </section>
  );
}

function Editor({
  notice,
  from,
  version,
  onClose,
  onSaved,
}: {
  notice: string;
  /** The version whose words it starts from. */
  from: number;
  version: number;
  onClose: () => void;
  onSaved: () => Promise<void>;
}) {
  const say = useWords(words);
  const asked = useQuery({ queryKey: ['notice-text', notice, from], queryFn: () => textOf(notice, from), gcTime: 0 });
  return (
    <Drawer open title={say('writing', { n: version })} onClose={onClose} size="large">
      <Listing asked={asked} isEmpty={() => false}>
        {(text) => <Fields text={text} version={version} onSaved={onSaved} />}
      </Listing>
    </Drawer>
  );
}

type Typed = {
  date: string;
  purposes: string[];
  items: string[];
  party: NoticeText['party'];
} & Record<Language, Record<string, string>>;

const typedOf = (text: NoticeText['zh']): Record<string, string> => ({
  ...Object.fromEntries([...pieces, ...may].map((key) => [key, text[key] ?? ''])),
  recipients: linesOf(text.recipients),
});

function Fields({ text, version, onSaved }: { text: NoticeText; version: number; onSaved: () => Promise<void> }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const { fault, busy, run } = useRun();
  const [shown, setShown] = useState<Language>('zh');
  const save = (typed: Typed) =>
    run(async () => {
      const both = (language: Language) => wordsOf(typed[language], recipientsOf(typed[language].recipients ?? '') ?? []);
      const body = { date: typed.date, purposes: typed.purposes as never[], items: typed.items as never[], zh: both('zh'), en: both('en'), party: typed.party };
      await call(() => api.PUT('/v1/notices/{key}/{version}', { params: { path: { key: text.key, version } }, body }));
      await onSaved();
    });
  const needed = [{ required: true, whitespace: true, message: '' }];
  const label = (key: string) => say((key === 'purposes' ? 'purposes-words' : key) as 'title');
  return (
    <Form<Typed>
      layout="vertical"
      requiredMark={false}
      initialValues={{
        date: text.version === version ? text.date : companyToday(),
        purposes: text.purposes,
        items: text.items,
        party: text.party,
        zh: typedOf(text.zh),
        en: typedOf(text.en),
      }}
      onFinish={(typed) => void save(typed)}
      onFinishFailed={({ errorFields }) => {
        const at = errorFields[0]?.name[0];
        if (at === 'zh' || at === 'en') setShown(at);
      }}
    >
      <Form.Item name="date" label={say('date')} rules={[{ required: true, message: '' }]}>
        <Input type="date" className="num" />
      </Form.Item>
      <Form.Item name="purposes" label={say('purposes')} rules={[{ required: true, message: '' }]}>
        <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} options={me.words.purposes.map((one) => ({ value: one.key, label: tell(one) }))} />
      </Form.Item>
      <Form.Item name="items" label={say('items')} rules={[{ required: true, message: '' }]}>
        <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} options={me.words.items.map((one) => ({ value: one.key, label: tell(one) }))} />
      </Form.Item>
      <Form.Item name={['party', 'handler']} label={say('party')} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name={['party', 'contact']} label={say('partyContact')} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name={['party', 'officer']} label={say('officer')} extra={say('braces')} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Segmented
        value={shown}
        onChange={setShown}
        options={(['zh', 'en'] as const).map((value) => ({ value, label: say(value) }))}
        aria-label={`${say('zh')} / ${say('en')}`}
      />
      {(['zh', 'en'] as const).map((language) => (
        <div key={language} hidden={language !== shown} lang={language}>
          {[...pieces, ...may].map((key) => (
            <Form.Item key={key} name={[language, key]} label={label(key)} rules={pieces.includes(key as 'title') ? needed : []}>
              {key === 'title' ? <Input /> : <Input.TextArea rows={3} />}
            </Form.Item>
          ))}
          <Form.Item
            name={[language, 'recipients']}
            label={say('recipients')}
            rules={[{ validator: async (_, value: string) => (recipientsOf(value ?? '') ? undefined : Promise.reject(new Error(say('badRecipients')))) }]}
          >
            <Input.TextArea rows={3} />
          </Form.Item>
        </div>
      ))}
      <FormEnd apart fault={fault} busy={busy}>
        {say('save')}
      </FormEnd>
    </Form>
  );
}
