import { useMe } from '../../shell/me';
import { companyDayOf, when } from '../../shell/time';
import { defineWords, type Two, useLanguage, useSay, useWords } from '../../shell/words';
import { useNames } from '../identity/organisation';
import { carried } from './codes';

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
  },
);

/** What a session rests on, and what a caller proved. */
const proofs: Record<string, Two> = {
  'factor.password': { zh: '密码', en: 'password' },
  'factor.totp': { zh: '动态验证码', en: 'one-time code' },
  'factor.recovery': { zh: '恢复码', en: 'recovery code' },
  'factor.passkey': { zh: '通行密钥', en: 'passkey' },
  'factor.qr': { zh: '扫码', en: 'QR code' },
  'factor.sso': { zh: '单点登录', en: 'single sign-on' },
  'factor.sso-strong': { zh: '单点登录(双因素)', en: 'single sign-on, two factors' },
  'proved.birth': { zh: '出生日期相符', en: 'birth date matched' },
  'proved.document': { zh: '证件相符', en: 'document matched' },
  'proved.booking': { zh: '订单相符', en: 'booking matched' },
  'proved.route': { zh: '行程相符', en: 'route matched' },
};

/** An entry's codes in words, as far as they have any; the code itself is what the log's filter takes. */
export function useReason(): (code: string) => string {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const { nameOf } = useNames();
  const named = (list: 'items' | 'purposes', key: string): string | undefined => {
    const found = me.words[list].find((one) => one.key === key);
    return found && tell(found);
  };
  return (code) => {
    const proof = proofs[code];
    if (proof) return tell(proof);
    const { kind, rest } = carried(code) ?? {};
    switch (kind) {
      case undefined:
        return code;
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
