import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { templates } from '../outbox/templates';
import { acts } from './words';

const read = readdirSync('../src', { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile() && file.name.endsWith('.cs') && !/[\\/](bin|obj)([\\/]|$)/.test(file.parentPath))
  .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));

/** Names of what the server writes to its log: the constants of its `…Facts` and `…Log` classes, and names given on the spot. */
function facts(): string[] {
  const found = read.flatMap((text) => [
    ...[...text.matchAll(/^internal static class (?!LogFacts)\w+(?:Facts|Log)\r?\n\{(.*?)^\}/gms)].flatMap(([, body]) =>
      [...(body ?? '').matchAll(/\w+ = "([a-z]+(?:-[a-z]+)*)"[,;]/g)].map(([, name]) => name ?? ''),
    ),
    ...[...text.matchAll(/FactName\.Of\("([^"]+)"\)/g)].map(([, name]) => name ?? ''),
  ]);
  return [...new Set(found)].sort();
}

describe('what the server names has words', () => {
  it('in the log', () => {
    expect(facts().length).toBeGreaterThan(100);
    expect(facts().filter((name) => !(name in acts))).toEqual([]);
  });
  it('in notices', () => {
    const named = read.flatMap((text) => [...text.matchAll(/NoticeTemplate \w+ = new\(\s*"([^"]+)"/g)].map(([, name]) => name ?? ''));
    expect(named.sort()).toEqual(Object.keys(templates).sort());
  });
});
