import { describe, expect, it } from 'vitest';
import { asksProof, Lost, mayAskAgain, Refusal, readProblem } from '../api/problem';
import { clock } from './time';
import { fill, type Words } from './words';

const modules = import.meta.glob<Record<string, unknown>>(['../**/words.ts', '!./words.ts'], { eager: true });
const sources = import.meta.glob<string>(['../**/*.tsx', '../**/*.ts', '!../**/*.test.ts', '!../api/v1.ts'], { eager: true, query: '?raw', import: 'default' });

const isWords = (value: unknown): value is Words<string> => typeof value === 'object' && value !== null && 'ns' in value && 'zh' in value && 'en' in value;
const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();

describe('texts', () => {
  it('stand in both languages with the same places, and none is empty', () => {
    const all = Object.values(modules).flatMap((file) => Object.values(file).filter(isWords));
    expect(all.length).toBeGreaterThan(0);
    for (const { ns, zh, en } of all)
      for (const key of Object.keys(zh)) {
        expect(zh[key]?.trim(), `${ns}.${key}`).not.toBe('');
        expect(en[key]?.trim(), `${ns}.${key}`).not.toBe('');
        expect(places(en[key] ?? ''), `${ns}.${key}`).toEqual(places(zh[key] ?? ''));
      }
  });
  it('never say 权限不足 or "Access denied" (domain.md §6)', () => {
    for (const [path, text] of Object.entries(sources)) expect(/权限不足|access denied/i.test(text), path).toBe(false);
  });
});

describe('a reading that failed', () => {
  const refused = (code: string) => new Refusal(readProblem(409, { type: `/problems/${code}` }, null));
  it('is asked again when it met a change, three times at most, and not when it was refused or the server is gone', () => {
    expect([0, 2, 3].map((count) => mayAskAgain(count, refused('row.changed')))).toEqual([true, true, false]);
    expect(mayAskAgain(0, refused('access.unsettled'))).toBe(true);
    expect(mayAskAgain(0, refused('access.denied'))).toBe(false);
    expect([mayAskAgain(0, new Lost()), mayAskAgain(0, new Error('?')), mayAskAgain(1, new Error('?'))]).toEqual([false, true, false]);
  });
});

describe('what is kept in the browser', () => {
  it('is the language and the tone, and nothing else anywhere in the code', () => {
    const keeping = Object.entries(sources).filter(([, text]) => /localStorage|sessionStorage|indexedDB|document\.cookie|caches\./.test(text));
    expect(keeping.map(([path]) => path).sort()).toEqual(['./theme.ts', './words.ts']);
  });
  it('writes nothing to the console and injects no markup', () => {
    for (const [path, text] of Object.entries(sources))
      expect(/console\.(log|info|warn|error|debug)|dangerouslySetInnerHTML|innerHTML/.test(text), path).toBe(false);
  });
});

describe('a refusal', () => {
  it('is read from problem details, whatever is missing', () => {
    const problem = readProblem(
      403,
      { type: '/problems/access.needs', zh: '差一步', en: 'one step', needs: [{ what: 'step-up', how: 'second-factor' }] },
      '30',
    );
    expect([problem.code, problem.zh, problem.wait, asksProof(problem)]).toEqual(['access.needs', '差一步', 30, true]);
    const bare = readProblem(500, undefined, null);
    expect([bare.code, bare.reasons, asksProof(bare)]).toEqual(['server.unknown', [], false]);
  });
  it('asks for a proof only where one helps', () => {
    expect(asksProof(readProblem(403, { type: '/problems/access.needs', needs: [{ what: 'caller', how: 'verify' }] }, null))).toBe(false);
    expect(asksProof(readProblem(403, { type: '/problems/access.denied', needs: [{ what: 'step-up', how: 'x' }] }, null))).toBe(false);
  });
});

describe('small things', () => {
  it('fills places and leaves unknown ones', () => expect(fill('{{a}} {{b}}', { a: 1 })).toBe('1 {{b}}'));
  it('picks the form that goes with the figure', () =>
    expect([0, 1, 2].map((n) => fill('{{n}} {{n|day|days}}', { n }))).toEqual(['0 days', '1 day', '2 days']));
  it('tells a duration', () => expect([clock(161_000), clock(-5)]).toEqual(['02:41', '00:00']));
});
