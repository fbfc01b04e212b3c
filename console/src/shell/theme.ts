import { type ThemeConfig, theme } from 'antd';
import { useSyncExternalStore } from 'react';

export type Tone = 'light' | 'dark';

const stored = 'strongroom.tone';
const heard = new Set<() => void>();

export function tone(): Tone {
  const kept = localStorage.getItem(stored);
  return kept === 'dark' || kept === 'light' ? kept : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function chooseTone(next: Tone): void {
  localStorage.setItem(stored, next);
  showTone();
  for (const tell of heard) tell();
}

export const showTone = (): void => {
  document.documentElement.dataset.tone = tone();
};

export const useTone = (): Tone =>
  useSyncExternalStore((tell) => {
    heard.add(tell);
    return () => heard.delete(tell);
  }, tone);

const family = `-apple-system, BlinkMacSystemFont, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', Roboto, 'Helvetica Neue', Arial, sans-serif`;

/** The same numbers as tokens.css: one ink-blue accent, neutral greys, 8 px grid, 32 px rows, no motion. */
export function themeOf(which: Tone): ThemeConfig {
  const dark = which === 'dark';
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: dark ? '#3f78bd' : '#1f4470',
      colorLink: dark ? '#8ab4e8' : '#1f4470',
      colorInfo: dark ? '#3f78bd' : '#1f4470',
      colorError: dark ? '#f28b82' : '#b3261e',
      colorWarning: dark ? '#e0a84a' : '#8a5a00',
      colorSuccess: dark ? '#7fc796' : '#1e6b3a',
      // Ant Design's own soft tones of such dark colours are muddy.
      colorSuccessBg: dark ? '#1a2e22' : '#e9f4ec',
      colorSuccessBorder: dark ? '#2f5a3e' : '#b5d6c0',
      colorErrorBg: dark ? '#3a2222' : '#fbeceb',
      colorErrorBorder: dark ? '#6e3a37' : '#edb8b4',
      colorWarningBg: dark ? '#33291a' : '#fbf3e0',
      colorWarningBorder: dark ? '#5f4b25' : '#e6cf9c',
      colorInfoBg: dark ? '#22304a' : '#e7edf5',
      colorInfoBorder: dark ? '#3a5277' : '#b9cae0',
      colorBgLayout: dark ? '#11151b' : '#f4f6f8',
      colorBgContainer: dark ? '#181d25' : '#ffffff',
      colorBgElevated: dark ? '#1f2530' : '#ffffff',
      colorText: dark ? '#e6eaf0' : '#1c2430',
      colorTextSecondary: dark ? '#a9b3c1' : '#515c6d',
      colorTextTertiary: dark ? '#a9b3c1' : '#515c6d',
      colorTextDescription: dark ? '#a9b3c1' : '#515c6d',
      colorTextPlaceholder: dark ? '#8f9bab' : '#667085',
      colorBorder: dark ? '#4a5567' : '#aeb7c3',
      colorBorderSecondary: dark ? '#2b3340' : '#dde2e8',
      borderRadius: 4,
      fontFamily: family,
      fontSize: 14,
      controlHeight: 32,
      motion: false,
      wireframe: false,
    },
    components: { Table: { cellPaddingBlockSM: 5, cellPaddingInlineSM: 8 }, Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' } },
  };
}
