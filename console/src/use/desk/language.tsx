import { Segmented } from 'antd';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { type Language, useLanguage, useWords } from '../../shell/words';
import { words } from './words';

/** The language in which the caller is written to: the console's, until the agent chooses for this call. */
const Chosen = createContext<readonly [Language, (language: Language) => void]>(['zh', () => {}]);

export function CallerLanguage({ children }: { children: ReactNode }) {
  const own = useLanguage();
  const [chosen, choose] = useState<Language | null>(null);
  const value = useMemo(() => [chosen ?? own, choose] as const, [chosen, own]);
  return <Chosen value={value}>{children}</Chosen>;
}

export const useCallerLanguage = (): Language => useContext(Chosen)[0];

export function InLanguage() {
  const say = useWords(words);
  const [language, choose] = useContext(Chosen);
  return (
    <Segmented<Language>
      size="small"
      aria-label={say('inLanguage')}
      value={language}
      onChange={choose}
      options={[
        { value: 'zh', label: '中文' },
        { value: 'en', label: 'English' },
      ]}
    />
  );
}
