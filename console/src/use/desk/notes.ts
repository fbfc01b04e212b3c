/**
 * Whether a wrap-up note holds something like an identity, card or phone number. The server looks with the check digits too and has the last
 * word; here the agent is told while typing.
 */
export function holdsIdentifier(note: string): boolean {
  const text = note.normalize('NFKC');
  const runs = text.match(/\d(?:[ -]?[\dXx])*/g) ?? [];
  const long = runs.some((run) => {
    const digits = run.replace(/[ -]/g, '');
    return /^1[3-9]\d{9}$/.test(digits) || /^\d{17}[\dXx]$/.test(digits) || /^\d{16,19}$/.test(digits);
  });
  return long || /(?:^|[^A-Za-z0-9])(?:[A-Z]\d{8}|[A-Z]{2}\d{7})(?![A-Za-z0-9])/i.test(text);
}
