import { describe, expect, it } from 'vitest';
import { readIds } from './ids';

describe('ids of customers', () => {
  it('are taken by shape; a phone number is named by its line and nothing else', () => {
    expect(readIds(`${'a'.repeat(32)}\n\n 13800138000\n${'0'.repeat(32)} \nA`)).toEqual({ ids: ['a'.repeat(32), '0'.repeat(32)], wrong: [3, 5] });
  });
});
