import { describe, expect, it } from 'vitest';
import { approvedOf, firstBadLine, printOf, resultsOf } from './file';

const bytes = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

function streamOf(...pieces: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(control) {
      for (const piece of pieces) control.enqueue(bytes(piece));
      control.close();
    },
  });
}

describe('a file to import', () => {
  it('is known by its digest and its lines, with or without a last line feed', async () => {
    // The digest of "abc" is the first example of FIPS 180-2.
    expect(await printOf(bytes('abc'))).toEqual({ sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', lines: 1 });
    expect((await printOf(bytes('{}\n{}\n'))).lines).toBe(2);
    expect((await printOf(bytes('{}\n{}'))).lines).toBe(2);
    expect((await printOf(bytes(''))).lines).toBe(0);
  });

  it('is read out of its request only when the request is about a file', () => {
    const preview = '{"act":"use.import","form":"web-booking","lines":2,"sha256":"ab"}';
    expect(approvedOf({ act: 'use.import', preview })).toEqual({ form: 'web-booking', lines: 2, sha256: 'ab' });
    expect(approvedOf({ act: 'use.view', preview })).toBeNull();
    expect(approvedOf({ act: 'use.import', preview: 'not json' })).toBeNull();
    expect(approvedOf({ act: 'use.import', preview: '{"form":"web-booking"}' })).toBeNull();
  });

  it('is looked through for the first line that is no object', () => {
    expect(firstBadLine(bytes('\ufeff{"a":1}\r\n\n{}'))).toBeNull();
    expect(firstBadLine(bytes('{}\n[]\n{'))).toBe(2);
    expect(firstBadLine(bytes('name,mobile\n'))).toBe(1);
  });

  it('is answered line by line, however the answer is cut into pieces', async () => {
    const read = [];
    for await (const one of resultsOf(streamOf('{"line":1,"status":"cre', 'ated"}\n{"line":2,"status":"known"}\n{"line":3,"sta'))) read.push(one);
    expect(read).toEqual([
      { line: 1, status: 'created' },
      { line: 2, status: 'known' },
    ]);
  });
});
