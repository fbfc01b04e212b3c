import type { Schemas } from '../../api/client';
import type { Language } from '../../shell/words';

export type Catalogue = Schemas['CatalogueView'];
export type Item = Schemas['CatalogueItem'];
export type Purpose = Schemas['CataloguePurpose'];

export interface Filter {
  level: string;
  category: string;
  purpose: string;
}

/** Items that hold every word typed, in either language or in their key, and fit the chosen level, category and purpose. */
export function fitting(items: readonly Item[], typed: string, filter: Filter): Item[] {
  const asked = typed.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const text = `${item.key} ${item.zh} ${item.en}`.toLowerCase();
    return (
      asked.every((word) => text.includes(word)) &&
      (filter.level === '' || String(item.level) === filter.level) &&
      (filter.category === '' || item.category === filter.category) &&
      (filter.purpose === '' || (item.purposes as string[]).includes(filter.purpose))
    );
  });
}

const units: Record<string, [zh: string, one: string, many: string]> = {
  h: ['小时', 'hour', 'hours'],
  d: ['天', 'day', 'days'],
  m: ['个月', 'month', 'months'],
  y: ['年', 'year', 'years'],
};

/** 3y as people say it. */
export function term(text: string, language: Language): string {
  const [, count, unit] = /^(\d+)([hdmy])$/.exec(text) ?? [];
  const names = unit === undefined ? undefined : units[unit];
  if (!names || count === undefined) return text;
  return language === 'zh' ? `${count} ${names[0]}` : `${count} ${Number(count) === 1 ? names[1] : names[2]}`;
}

const masks: Record<string, [zh: string, en: string]> = {
  name: ['姓名:留姓', 'name: the family name stays'],
  'name-latin': ['拉丁姓名:留首字母', 'Latin name: initials stay'],
  person: ['人员:留姓', 'person: the family name stays'],
  'date-year': ['日期:只留年份', 'date: the year stays'],
  passport: ['护照:留首字母和末两位', 'passport: first letter and last two stay'],
  mobile: ['手机号:留前三后四', 'mobile: first three and last four stay'],
  email: ['邮箱:留首字和域名', 'e-mail: first letter and domain stay'],
  'address-district': ['地址:到区县', 'address: down to the district'],
  ticket: ['客票号:留末四位', 'ticket: the last digits stay'],
  route: ['行程:只留起讫', 'journey: origin and destination stay'],
  month: ['只留年月', 'year and month stay'],
  count: ['只说有几条', 'only how many'],
  band: ['只说在哪一档', 'only the band'],
  total: ['只留合计', 'only the total'],
  ip24: ['网络地址:末段隐藏', 'network address: last part hidden'],
  hidden: ['全部隐藏', 'all hidden'],
  shown: ['原样显示(仅低敏感)', 'shown in full (low sensitivity only)'],
  never: ['任何人都不显示', 'never shown to anybody'],
};

/** What a mask leaves to be seen, in words. */
export function maskWords(spec: string, language: Language): string {
  const at = language === 'zh' ? 0 : 1;
  const known = masks[spec] ?? masks[spec.split(':')[0] ?? ''];
  if (known) return known[at];
  const ends = /^(?:keep:(\d),(\d)|(?:first:(\d))?\+?(?:last:(\d))?)$/.exec(spec);
  const [first, last] = ends ? [Number(ends[1] ?? ends[3] ?? 0), Number(ends[2] ?? ends[4] ?? 0)] : [0, 0];
  const said = [
    ...(first > 0 ? [language === 'zh' ? `前 ${first} 位` : `first ${first}`] : []),
    ...(last > 0 ? [language === 'zh' ? `末 ${last} 位` : `last ${last}`] : []),
  ];
  if (said.length === 0) return spec;
  return language === 'zh' ? `留${said.join('和')}` : `${said.join(' and ')} stay`;
}

const bases: Record<string, [zh: string, en: string]> = {
  'pipl-13-1-1': ['个人同意', 'consent'],
  'pipl-13-1-2': ['订立、履行合同所必需', 'needed for a contract'],
  'pipl-13-1-3': ['法定职责或义务', 'legal duty'],
  'pipl-13-1-4': ['突发公共卫生事件或紧急情况', 'public health or emergency'],
  'pipl-13-1-5': ['新闻报道、舆论监督', 'news and public scrutiny'],
  'pipl-13-1-6': ['已合法公开的信息', 'lawfully public information'],
  'pipl-13-1-7': ['法律、行政法规的其他情形', 'other cases by law'],
};

/** PIPL 13(1) item n with its name. */
export function basisWords(code: string, language: Language): string {
  const known = bases[code];
  const n = code.slice(-1);
  if (!known) return code;
  return language === 'zh' ? `个保法第十三条第一款第(${n})项 · ${known[0]}` : `PIPL 13(1)(${n}) · ${known[1]}`;
}
