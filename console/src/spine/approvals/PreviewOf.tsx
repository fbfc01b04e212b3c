import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, call } from '../../api/client';
import { useMe } from '../../shell/me';
import { when } from '../../shell/time';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { scopeWords, useClientName } from '../identity/clientNames';
import { useNames } from '../identity/organisation';
import { type BatchFile, type Customer, differences, readPreview } from './preview';
import { words as approvalWords } from './words';

const words = defineWords(
  'approvals-preview',
  {
    held: '将要打开的内容(已脱敏)',
    held_changes: '要写入的内容和现有内容(已脱敏)',
    toWrite: '改为',
    isNow: '现有',
    batch: '按文件批量更正:{{customers}} 位客户,{{items}} 种信息项,共 {{values}} 处',
    shownOf: '以下是其中前 {{n}} 位客户。',
    'booked-for': '代订',
    companion: '同行',
    'account-holder': '账户持有人',
    'actual-user': '实际使用人',
    'org-contact': '单位联系人',
    'relation-guardian': '监护人',
    'relation-handler': '经办人',
    customer: '客户 {{id}}',
    client: '接口客户端',
    change: '改动',
    result: '改后',
    name: '名称',
    owner: '负责人',
    scopes: '可做的事',
    purposes: '限定用途',
    forms: '限定表单',
    channels: '限定渠道',
    perMinute: '每分钟上限',
    perDay: '每天上限',
    expires: '到期',
    networks: '来源网段',
    certificates: '证书指纹(SHA-256)',
    publicKeys: '公钥指纹(SHA-256)',
    zones: '网络区域',
    'change.version': '从第几版改起',
    'rotate.until': '旧令牌用到',
    any: '不限',
    provider: '登录服务',
    'party.handler': '处理者',
    'party.contact': '联系方式',
    'party.officer': '个保负责人',
    'text.key': '告知书',
    'text.version': '版本',
    'text.date': '日期',
    'text.purposes': '用途',
    'text.items': '信息项',
    title: '标题',
    handler: '处理者',
    contact: '联系方式',
    methods: '方式',
    kinds: '种类',
    retention: '保存期限',
    rights: '权利',
    refusal: '不同意的后果',
    necessity: '必要性',
    impact: '影响',
    guardian: '监护人',
    overseas: '境外途径',
    recipients: '接收方',
    method: '方式',
    inZh: '中文',
    inEn: '英文',
    aims: '目的',
    field: '项',
    was: '现在',
    willBe: '改为',
    same: '没有差别。',
    absent: '—',
    content: '内容',
    enabled: '启用',
    modes: '方式',
    'validity.longestMs': '最长时限(毫秒)',
    'validity.uses': '可用次数',
    customers: '客户上限',
    items: '信息项',
    purpose: '用途',
    subject: '对象',
    newClient: '新的接口客户端',
    zh: '中文名称',
    en: '英文名称',
    'trigger.items': '涉及的信息项',
    'coOperator.signs': '用通行密钥签名批准',
    act: '操作',
    form: '表单',
    typed: '手工录入的证件',
    onFile: '已建档的客户',
    relations: '关系人',
    sha256: '文件摘要(SHA-256)',
    lines: '行数',
    person: '人员',
    post: '岗位',
    unit: '单位',
    hosts: '主机',
    sshKey: 'SSH 公钥指纹(SHA-256)',
    from: '起',
    until: '止',
    yes: '是',
    no: '否',
  },
  {
    held: 'What it would open, masked',
    held_changes: 'What is to be written and what is there, masked',
    toWrite: 'New',
    isNow: 'Now',
    batch: 'Correction by a file: customers {{customers}}, kinds of items {{items}}, values {{values}}',
    shownOf: 'The first of these customers, {{n}} in all, follow.',
    'booked-for': 'booked for',
    companion: 'companion of',
    'account-holder': 'account holder',
    'actual-user': 'actual user',
    'org-contact': 'contact of an organisation',
    'relation-guardian': 'guardian',
    'relation-handler': 'handler',
    customer: 'Customer {{id}}',
    client: 'API client',
    change: 'The change',
    result: 'Afterwards',
    name: 'Name',
    owner: 'Owner',
    scopes: 'May',
    purposes: 'Only for these purposes',
    forms: 'Only these forms',
    channels: 'Only these channels',
    perMinute: 'At most a minute',
    perDay: 'At most a day',
    expires: 'Ends',
    networks: 'Networks',
    certificates: 'Certificate fingerprints (SHA-256)',
    publicKeys: 'Public key fingerprints (SHA-256)',
    zones: 'Zones',
    'change.version': 'Changed from version',
    'rotate.until': 'Old token goes on until',
    any: 'any',
    provider: 'Provider',
    'party.handler': 'Handler',
    'party.contact': 'Contact',
    'party.officer': 'Protection officer',
    'text.key': 'Notice',
    'text.version': 'Version',
    'text.date': 'Date',
    'text.purposes': 'Purposes',
    'text.items': 'Items',
    title: 'Title',
    handler: 'Handler',
    contact: 'Contact',
    methods: 'Methods',
    kinds: 'Kinds',
    retention: 'Retention',
    rights: 'Rights',
    refusal: 'If refused',
    necessity: 'Necessity',
    impact: 'Impact',
    guardian: 'Guardian',
    overseas: 'Rights abroad',
    recipients: 'Recipient',
    method: 'Method',
    inZh: 'Chinese',
    inEn: 'English',
    aims: 'Purposes',
    field: 'Field',
    was: 'Now',
    willBe: 'Then',
    same: 'No difference.',
    absent: '—',
    content: 'Content',
    enabled: 'On',
    modes: 'How',
    'validity.longestMs': 'Longest term (ms)',
    'validity.uses': 'Uses',
    customers: 'Customers at once',
    items: 'Items',
    purpose: 'Purpose',
    subject: 'Subject',
    newClient: 'a new API client',
    zh: 'Name in Chinese',
    en: 'Name in English',
    'trigger.items': 'Items it is about',
    'coOperator.signs': 'Approved by a passkey’s signature',
    act: 'Act',
    form: 'Form',
    typed: 'Typed by hand',
    onFile: 'Customer on file',
    relations: 'Related to',
    sha256: 'File digest (SHA-256)',
    lines: 'Lines',
    person: 'Person',
    post: 'Post',
    unit: 'Unit',
    hosts: 'Hosts',
    sshKey: 'SSH key fingerprint (SHA-256)',
    from: 'From',
    until: 'Until',
    yes: 'yes',
    no: 'no',
  },
);

const relationKinds = new Set(['booked-for', 'companion', 'relation-guardian', 'account-holder', 'actual-user', 'relation-handler', 'org-contact']);

/** Exactly what is asked for, as the server showed it: masked values, a change before and after, or a document's fields. */
export function PreviewOf({ text, mark }: { text: string; mark: (item: string) => ReactNode }) {
  const say = useWords(words);
  const tell = useSay();
  const sayApproval = useWords(approvalWords);
  const language = useLanguage();
  const me = useMe();
  const { nameOf } = useNames();
  const clientName = useClientName();
  const read = readPreview(text);
  const ofForm = read?.kind === 'fields' && read.fields.some(([path]) => path === 'form');
  const forms = useQuery({ queryKey: ['forms'], staleTime: 60_000, enabled: ofForm, queryFn: async () => (await call(() => api.GET('/v1/forms'))).forms }).data;
  const formName = (key: string) => {
    const title = forms?.find((one) => one.key === key)?.open?.form.title;
    return title ? tell(title) : key;
  };
  const idStart = (id: string) => `${id.slice(0, 8)}…`;
  // A kind and a customer's id (TypedDocuments).
  const relation = (one: string) => {
    const [, kind, id] = /^([a-z-]+) ([0-9a-f]{32})$/.exec(one) ?? [];
    const word = [kind ?? '', `relation-${kind}`].find((name) => relationKinds.has(name) && known(name));
    return kind && id ? `${word && known(word) ? say(word) : kind} · ${say('customer', { id: idStart(id) })}` : one;
  };
  const named = (list: readonly { key: string; zh: string; en: string }[], key: string) => tell(list.find((one) => one.key === key) ?? { zh: key, en: key });
  const known = (path: string): path is keyof typeof words.zh => path in words.zh;
  // An act on a client (ClientAct): what is asked and, for a change, the whole of it afterwards.
  const clientField = (path: string) => /^(create|change|rotate|handOver|result)\.(.+)$/.exec(path);
  // A piece of a notice's words (NoticeText), a recipient's by its number.
  const noticeField = (path: string) => /^text\.(zh|en)\.(\w+)(?:\.(\d+)\.(\w+))?$/.exec(path);
  const field = (path: string) => {
    if (known(path)) return say(path);
    // A submission (TypedDocuments): its values, masked, by item.
    const item = /^items\.([a-z0-9_-]+)$/.exec(path)?.[1];
    if (item) return named(me.words.items, item);
    const [, tongue, piece, n, sub] = noticeField(path) ?? [];
    if (tongue && piece) {
      const leaf = piece === 'purposes' ? 'aims' : piece;
      const own = [known(leaf) ? say(leaf) : leaf, n, sub && known(sub) ? say(sub) : sub].filter((one) => one !== undefined);
      return `${say(tongue === 'zh' ? 'inZh' : 'inEn')} · ${own.join(' ')}`;
    }
    const [, part, leaf] = clientField(path) ?? [];
    if (!part || !leaf || !known(leaf)) return path;
    return part === 'change' || part === 'result' ? `${say(part)} · ${say(leaf)}` : say(leaf);
  };
  const open = (path: string) => /^(create|result)\.(purposes|networks|certificates)$/.test(path);
  const plain = (whole: string, value: string): string => {
    if (value === '' && open(whole)) return say('any');
    const path = clientField(whole)?.[2] ?? /^text\.(purposes|items)$/.exec(whole)?.[1] ?? whole;
    if (value === 'true' || value === 'false') return say(value === 'true' ? 'yes' : 'no');
    if (/^\d{13}$/.test(value)) return when(Number(value), language);
    if (path === 'post') return named(me.words.posts, value);
    if (path === 'purpose') return named(me.words.purposes, value);
    if (path === 'owner' || path === 'person') return nameOf(value);
    if (path === 'client') return clientName(value);
    if (path === 'subject' && value === 'new-client') return say('newClient');
    if (path === 'form') return formName(value);
    if (path === 'onFile' && /^[0-9a-f]{32}$/.test(value)) return say('customer', { id: idStart(value) });
    const list = value.split(', ');
    if (path === 'relations') return list.map(relation).join(tell({ zh: '、', en: ', ' }));
    if (path === 'items' || path === 'typed' || path === 'trigger.items')
      return list.map((one) => named(me.words.items, one)).join(tell({ zh: '、', en: ', ' }));
    if (path === 'purposes') return list.map((one) => named(me.words.purposes, one)).join(tell({ zh: '、', en: ', ' }));
    if (path === 'scopes')
      return list.map((one) => tell(scopeWords[one as keyof typeof scopeWords] ?? { zh: one, en: one })).join(tell({ zh: '、', en: ', ' }));
    return path === 'modes' || path === 'act'
      ? list.map((one) => (one in approvalWords.zh ? sayApproval(one as keyof typeof approvalWords.zh) : one)).join(', ')
      : value;
  };
  switch (read?.kind) {
    case undefined:
      return null;
    case 'customers':
      return <Customers file={read.file} customers={read.customers} mark={mark} />;
    case 'change': {
      const changed = differences(read.before, read.after);
      return changed.length === 0 ? (
        <p>{say('same')}</p>
      ) : (
        <table className="held" aria-label={say('change')}>
          <thead>
            <tr>
              <th>{say('field')}</th>
              <th>{say('was')}</th>
              <th>{say('willBe')}</th>
            </tr>
          </thead>
          <tbody>
            {changed.map((one) => (
              <tr key={one.path}>
                <th scope="row">{field(one.path)}</th>
                <td className="num">{one.was ? plain(one.path, one.was) : say('absent')}</td>
                <td className="num warn">{one.willBe ? plain(one.path, one.willBe) : say('absent')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      );
    }
    case 'fields':
      return (
        <table className="held" aria-label={say('content')}>
          <tbody>
            {read.fields
              .filter(
                ([path, value]) =>
                  (value !== '' || open(path)) && !(path === 'subject' && read.fields.some(([other, same]) => other === 'post' && same === value)),
              )
              .map(([path, value]) => (
                <tr key={path}>
                  <th scope="row" className="quiet">
                    {field(path)}
                  </th>
                  <td className="num">{plain(path, value)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      );
    case 'text':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it (WCAG 2.1.1)
        <section className="text-preview" tabIndex={0} aria-label={say('content')}>
          {read.text}
        </section>
      );
  }
}

/** What stands of each customer, and before it what is to be written. */
function Customers({ file, customers, mark }: { file: BatchFile | null; customers: Customer[]; mark: (item: string) => ReactNode }) {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const titled = (key: string) => tell(me.words.items.find((one) => one.key === key) ?? { zh: key, en: key });
  const writes = customers.some((customer) => customer.changes.length > 0);
  const title = say(writes ? 'held_changes' : 'held');
  return (
    <>
      {file && (
        <dl className="stack">
          <div>
            <dt>{say('batch', { customers: file.customers, items: file.items, values: file.values })}</dt>
            {customers.length < file.customers && <dd className="quiet">{say('shownOf', { n: customers.length })}</dd>}
          </div>
          <div>
            <dt className="quiet">{say('sha256')}</dt>
            <dd className="num digest">{file.sha256}</dd>
          </div>
        </dl>
      )}
      <table className="held" aria-label={title}>
        <thead>
          <tr>
            <th colSpan={2}>{title}</th>
          </tr>
        </thead>
        {customers.map((customer, i) => (
          <tbody key={customer.id || i}>
            {(customers.length > 1 || file) && customer.id !== '' && (
              <tr>
                <th colSpan={2} className="quiet num">
                  {say('customer', { id: `${customer.id.slice(0, 8)}…` })}
                </th>
              </tr>
            )}
            {customer.changes.map((change, n) => (
              <tr key={`new-${n}`}>
                <th scope="row">
                  {mark(change.item)} {titled(change.item)}
                </th>
                <td className="num warn">
                  {say('toWrite')} {change.value}
                </td>
              </tr>
            ))}
            {customer.items.map((held, n) => (
              <tr key={n}>
                <th scope="row">
                  {mark(held.item)} {titled(held.item)}
                </th>
                <td className="num">
                  {writes && <span className="quiet">{say('isNow')} </span>}
                  {held.value}
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </>
  );
}
