import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';

export type Language = 'zh' | 'en';
type Values = Record<string, string | number>;

/** Texts of one folder in both languages. The compiler asks English for every key that Chinese has. */
export interface Words<K extends string> {
  ns: string;
  zh: Record<K, string>;
  en: Record<K, string>;
}

export type Two = { zh: string; en: string };

// Which language a device reads is no personal value; nothing else is ever kept in storage (README.md).
const stored = 'strongroom.language';

function first(): Language {
  const kept = localStorage.getItem(stored);
  return kept === 'zh' || kept === 'en' ? kept : navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function startWords(): void {
  void i18next.use(initReactI18next).init({ lng: first(), fallbackLng: false, interpolation: { escapeValue: false }, resources: {}, initAsync: false });
  show();
}

function show(): void {
  document.documentElement.lang = i18next.language === 'zh' ? 'zh-CN' : 'en';
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(stored, language);
  void i18next.changeLanguage(language).then(show);
}

/** Nobody chose on this device yet: the account's own language it is. */
export function suggestLanguage(locale: string): void {
  if (localStorage.getItem(stored) === null) void i18next.changeLanguage(locale.startsWith('zh') ? 'zh' : 'en').then(show);
}

export function defineWords<K extends string>(ns: string, zh: Record<K, string>, en: Record<K, string>): Words<K> {
  return { ns, zh, en };
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'zh' ? 'zh' : 'en';
}

/** Fills {{name}} places, and {{name|one|many}} with the form that goes with the figure; texts never hold markup. */
export function fill(text: string, values?: Values): string {
  if (!values) return text;
  return text.replace(/\{\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return String(one === undefined ? value : Number(value) === 1 ? one : many);
  });
}

export function useWords<K extends string>(words: Words<K>): (key: K, values?: Values) => string {
  const language = useLanguage();
  return useCallback((key, values) => fill(words[language][key], values), [language, words]);
}

/** The half of a two-language text that is being read. */
export function useSay(): (two: Two) => string {
  const language = useLanguage();
  return useCallback((two) => two[language], [language]);
}
