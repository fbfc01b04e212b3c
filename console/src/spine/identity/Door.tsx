import { Button } from 'antd';
import type { ReactNode } from 'react';
import mark from '../../shell/mark.svg';
import { chooseLanguage, useLanguage } from '../../shell/words';
import './identity.css';

/** The frame of everything before the console: one panel, and the language switch. */
export function Door({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  const language = useLanguage();
  return (
    <div className="door">
      <header className={`door-head${wide ? ' wide' : ''}`}>
        <img src={mark} alt="" />
        <strong>{language === 'zh' ? '金库' : 'Strongroom'}</strong>
        <span className="spread" />
        <Button type="text" size="small" onClick={() => chooseLanguage(language === 'zh' ? 'en' : 'zh')}>
          {language === 'zh' ? 'English' : '中文'}
        </Button>
      </header>
      <main className={`panel stack${wide ? ' wide' : ''}`}>{children}</main>
    </div>
  );
}
