import { describe, expect, it } from 'vitest';
import { diff, type Piece } from './diff';

const side = (pieces: Piece[], kind: 'gone' | 'new') =>
  pieces
    .filter((piece) => piece.kind === 'same' || piece.kind === kind)
    .map((piece) => piece.text)
    .join('');

describe('comparing two versions', () => {
  it('marks exactly the words that changed, in both languages', () => {
    expect(diff('保存三年,到期删除。', '保存五年,到期删除。')).toEqual([
      { kind: 'same', text: '保存' },
      { kind: 'gone', text: '三' },
      { kind: 'new', text: '五' },
      { kind: 'same', text: '年,到期删除。' },
    ]);
    expect(diff('kept for three years', 'kept for up to five years').filter((piece) => piece.kind !== 'same')).toEqual([
      { kind: 'gone', text: 'three' },
      { kind: 'new', text: 'up to five' },
    ]);
  });

  it('always gives both texts back', () => {
    for (const [older, newer] of [
      ['', 'a b'],
      ['a b', ''],
      ['x', 'x'],
      ['a b c a', 'c a b'],
      ['甲乙丙\n丁', '丁甲\n乙'],
    ] as const) {
      const pieces = diff(older, newer);
      expect([side(pieces, 'gone'), side(pieces, 'new')]).toEqual([older, newer]);
    }
  });
});
