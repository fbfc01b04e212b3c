import { describe, expect, it } from 'vitest';
import { basisWords, fitting, type Item, maskWords, term } from './catalogue';

const item = (key: string, zh: string, en: string, level = 2, category = 'contact', purposes: string[] = ['notify']) =>
  ({ key, zh, en, level, category, purposes }) as unknown as Item;
const items = [item('mobile', '手机号', 'Mobile number'), item('id_no', '身份证号', 'ID number', 3, 'identity', ['realname'])];
const none = { level: '', category: '', purpose: '' };

describe('the catalogue', () => {
  it('is searched in both languages and by key, every word counting', () => {
    expect(fitting(items, '号', none).map((one) => one.key)).toEqual(['mobile', 'id_no']);
    expect(fitting(items, 'number mobile', none).map((one) => one.key)).toEqual(['mobile']);
    expect(fitting(items, 'ID_NO', none).map((one) => one.key)).toEqual(['id_no']);
    expect(fitting(items, 'nothing', none)).toEqual([]);
  });
  it('is narrowed by level, category and purpose together', () => {
    expect(fitting(items, '', { ...none, level: '3' }).map((one) => one.key)).toEqual(['id_no']);
    expect(fitting(items, '', { level: '3', category: 'contact', purpose: '' })).toEqual([]);
    expect(fitting(items, '', { ...none, purpose: 'notify' }).map((one) => one.key)).toEqual(['mobile']);
  });
  it('says terms, masks and bases as people do, and leaves what it does not know as it is', () => {
    expect([term('3y', 'zh'), term('1y', 'en'), term('24h', 'en'), term('x', 'en')]).toEqual(['3 年', '1 year', '24 hours', 'x']);
    expect([
      maskWords('first:1+last:2', 'en'),
      maskWords('keep:3,4', 'zh'),
      maskWords('last:4', 'zh'),
      maskWords('band:500', 'en'),
      maskWords('new', 'zh'),
    ]).toEqual(['first 1 and last 2 stay', '留前 3 位和末 4 位', '留末 4 位', 'only the band', 'new']);
    expect([basisWords('pipl-13-1-2', 'en'), basisWords('gdpr-6-1-b', 'en')]).toEqual(['PIPL 13(1)(2) · needed for a contract', 'gdpr-6-1-b']);
  });
});
