import type { Language } from './words';

const tag = (language: Language) => (language === 'zh' ? 'zh-CN' : 'en-GB');

/** Local date and time of an instant in UTC milliseconds. */
export const when = (at: number, language: Language): string => new Intl.DateTimeFormat(tag(language), { dateStyle: 'medium', timeStyle: 'short' }).format(at);

/** With seconds, for lists of acts. */
export const exactly = (at: number, language: Language): string =>
  new Intl.DateTimeFormat(tag(language), { dateStyle: 'short', timeStyle: 'medium' }).format(at);

/** 02:41 of a duration in milliseconds. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 days ago", "in 2 hours": how far an instant is from now, in the largest whole unit. */
export function ago(at: number, now: number, language: Language): string {
  const distance = at - now;
  const [unit, size] = steps.find(([, ms]) => Math.abs(distance) >= ms) ?? ['minute', 60_000];
  return new Intl.RelativeTimeFormat(tag(language), { numeric: 'auto' }).format(Math.trunc(distance / size), unit);
}

/*
 * Days are the company's, as the server counts them, wherever the reader sits (UnitContent.UsualTimeZone): a term that is set from abroad ends for
 * everybody when the company's day does.
 */
const place = 'Asia/Shanghai';
const offset = '+08:00';

/** The first millisecond of a day (2026-12-31). */
export const companyDayStart = (day: string): number => Date.parse(`${day}T00:00:00${offset}`);

/** The last millisecond of a day (2026-12-31). */
export const companyDayEnd = (day: string): number => Date.parse(`${day}T23:59:59.999${offset}`);

/** The day of an instant, as people read it. */
export const companyDayOf = (at: number, language: Language): string =>
  new Intl.DateTimeFormat(tag(language), { dateStyle: 'medium', timeZone: place }).format(at);

/** The day of an instant, as date fields write it. */
export const companyDate = (at: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: place }).format(at);

/** Today, as date fields write it. */
export const companyToday = (): string => companyDate(Date.now());
