import { sha256, toHex } from '../../spine/audit/tlog/bytes';

/** What the server takes at most of a person's file (FileApprovals). */
export const largestFile = 16 * 1024 * 1024;

/** What is asked for and approved of a file: its digest and its lines, never its content. */
export interface Print {
  sha256: string;
  lines: number;
}

/** Digest and lines of a file as it will be sent: every line feed ends a line, and so does the end of the file (FileApprovals counts the same). */
export async function printOf(bytes: Uint8Array<ArrayBuffer>): Promise<Print> {
  let lines = 0;
  for (const byte of bytes) if (byte === 10) lines++;
  if (bytes.length > 0 && bytes[bytes.length - 1] !== 10) lines++;
  return { sha256: toHex(await sha256(bytes)), lines };
}

/** Reads what was approved out of a request for an import; null: it is about something else. */
export function approvedOf(approval: { act: string; preview: string }): (Print & { form: string }) | null {
  if (approval.act !== 'use.import') return null;
  try {
    const shown = JSON.parse(approval.preview) as Partial<Print> & { form?: unknown };
    return typeof shown.sha256 === 'string' && typeof shown.lines === 'number' && typeof shown.form === 'string'
      ? { sha256: shown.sha256, lines: shown.lines, form: shown.form }
      : null;
  } catch {
    return null;
  }
}

/** One line's result: what the server says of it holds places and codes, never a value. */
export interface LineResult {
  line: number;
  status: 'created' | 'known' | 'rejected';
  errors?: { at: string; code: string; zh: string; en: string }[];
}

/** Hands over one JSON object a line of a stream, as they come; a last line that was cut off is no line. */
export async function* resultsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<LineResult> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const pieces = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) if (piece !== '') yield JSON.parse(piece) as LineResult;
  }
}

/** The first line that is no JSON object, from 1; blank ones count and are allowed, as the server takes them. Null: there is none. */
export function firstBadLine(bytes: Uint8Array): number | null {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const bad = lines.findIndex((line) => line.trim() !== '' && !isObject(line));
  return bad < 0 ? null : bad + 1;
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
