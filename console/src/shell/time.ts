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

/** A day without its time. */
export const dayOf = (at: number, language: Language): string => new Intl.DateTimeFormat(tag(language), { dateStyle: 'medium' }).format(at);

/** The last millisecond of a day (2026-12-31) at the company's place, as the server counts its days, wherever the reader sits (UnitContent.UsualTimeZone). */
export const companyDayEnd = (day: string): number => Date.parse(`${day}T23:59:59.999+08:00`);

/** The company's day of an instant. */
export const companyDayOf = (at: number, language: Language): string =>
  new Intl.DateTimeFormat(tag(language), { dateStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(at);
