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
