import { useMe } from '../../shell/me';
import { companyDayOf, when } from '../../shell/time';
import { defineWords, type Two, useLanguage, useSay, useWords } from '../../shell/words';
import { useScenes } from '../approvals/shared';
import { useNames } from '../identity/organisation';
import { carried, counted, sceneOf } from './codes';

const words = defineWords(
  'audit-reasons',
  {
    until: '到 {{day}} 止',
    by: '由{{name}}设定',
    list: '名单 {{id}}',
    policy: '入口 {{key}}',
    rule: '监测规则 {{key}}',
    item: '信息项 {{item}}',
    given: '同意:{{purpose}}',
    'separate-given': '单独同意:{{purpose}}',
    refused: '不同意:{{purpose}}',
    acknowledged: '已知悉:{{purpose}}',
    withdrawn: '撤回:{{purpose}}',
    scene: '客户验证码代替授权:{{scene}}',
    under: '金库场景:{{scene}}',
    month: '{{month}} 的记录',
    'co-operators': '协同人 {{n}} 名',
    created: '新建 {{count}} 条',
    changed: '更正 {{count}} 条',
    known: '此前已办 {{count}} 条',
    rejected: '未通过 {{count}} 条',
  },
  {
    until: 'until {{day}}',
    by: 'set by {{name}}',
    list: 'list {{id}}',
    policy: 'door {{key}}',
    rule: 'watch rule {{key}}',
    item: 'item {{item}}',
    given: 'consent: {{purpose}}',
    'separate-given': 'separate consent: {{purpose}}',
    refused: 'consent refused: {{purpose}}',
    acknowledged: 'acknowledged: {{purpose}}',
    withdrawn: 'withdrawn: {{purpose}}',
    scene: "the customer's code in place of an approval: {{scene}}",
    under: 'vault scene: {{scene}}',
    month: 'records of {{month}}',
    'co-operators': 'co-operators: {{n}}',
    created: 'created: {{count}}',
    changed: 'changed: {{count}}',
    known: 'done before: {{count}}',
    rejected: 'rejected: {{count}}',
  },
);

/** What a session or an act rests on, and what a caller proved. */
const proofs: Record<string, Two> = {
  'factor.password': { zh: '密码', en: 'password' },
  'factor.totp': { zh: '动态验证码', en: 'one-time code' },
  'factor.recovery': { zh: '恢复码', en: 'recovery code' },
  'factor.passkey': { zh: '通行密钥', en: 'passkey' },
  'factor.qr': { zh: '扫码', en: 'QR code' },
  'factor.sso': { zh: '单点登录', en: 'single sign-on' },
  'factor.sso-strong': { zh: '单点登录(双因素)', en: 'single sign-on, two factors' },
  'customer-code': { zh: '客户验证码', en: "the customer's code" },
  'document-read': { zh: '证件由阅读器读取', en: 'document read by a reader' },
  'proved.birth': { zh: '出生日期相符', en: 'birth date matched' },
  'proved.document': { zh: '证件相符', en: 'document matched' },
  'proved.booking': { zh: '订单相符', en: 'booking matched' },
  'proved.route': { zh: '行程相符', en: 'route matched' },
};

/** These codes of an entry in words, as far as they have any; the code itself is what the log's filter takes. */
export function useReason(codes: readonly string[]): (code: string) => string {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const { nameOf } = useNames();
  // Who lists the scenes stands in the log himself, so nobody does for an entry that names none.
  const scenes = useScenes(codes.some((code) => sceneOf(code) !== null)).data;
  const sceneName = (key: string | undefined): string | undefined => {
    const found = scenes?.find((one) => one.scene === key);
    return found && tell(found);
  };
  const named = (list: 'items' | 'purposes', key: string): string | undefined => {
    const found = me.words[list].find((one) => one.key === key);
    return found && tell(found);
  };
  return (code) => {
    const proof = proofs[code];
    if (proof) return tell(proof);
    const count = counted(code);
    if (count) return say(count.what, { count: count.count });
    const { kind, rest } = carried(code) ?? {};
    switch (kind) {
      case undefined: {
        const scene = sceneName(code);
        return scene ? say('under', { scene }) : code;
      }
      case 'scene': {
        const scene = sceneName(rest);
        return scene ? say('scene', { scene }) : code;
      }
      case 'month':
        return say('month', { month: rest ?? '' });
      case 'co-operators':
        return say('co-operators', { n: rest ?? '' });
      case 'until':
        return say('until', { day: (Number(rest) + 1) % 86_400_000 === 57_600_000 ? companyDayOf(Number(rest), language) : when(Number(rest), language) });
      case 'by':
        return say('by', { name: nameOf(rest ?? '') });
      case 'list':
        return say('list', { id: `${rest?.slice(0, 8)}…` });
      case 'policy':
      case 'rule':
        return say(kind, { key: rest ?? '' });
      case 'item': {
        const item = named('items', rest ?? '');
        return item ? say('item', { item }) : code;
      }
      default: {
        const purpose = named('purposes', rest ?? '');
        return purpose ? say(kind, { purpose }) : code;
      }
    }
  };
}
