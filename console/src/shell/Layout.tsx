import { useQueryClient } from '@tanstack/react-query';
import { Button, Dropdown, Skeleton } from 'antd';
import { Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { NavLink, Outlet, useLocation } from 'react-router';
import { api, callPlainly } from '../api/client';
import { CallWaits } from './CallWaits';
import { useLost } from './connection';
import { inGroups } from './groups';
import { MeContext, type Session, useMeOf, useTakeSession } from './me';
import { type Command, Palette } from './Palette';
import { ProblemNote } from './Problem';
import { type Entry, entries, type Page, pages } from './pages';
import { SessionClock } from './SessionClock';
import { chooseTone, useTone } from './theme';
import { chooseLanguage, defineWords, type Two, useLanguage, useSay, useWords } from './words';
import './layout.css';

const words = defineWords(
  'layout',
  {
    product: '金库',
    skip: '跳到正文',
    entries: '主菜单',
    section: '本栏页面',
    commands: '命令',
    lost: '与服务器失去联系,正在重新连接……屏幕上的内容可能不是最新的。',
    out: '退出登录',
    dark: '深色',
    light: '浅色',
  },
  {
    product: 'Strongroom',
    skip: 'Skip to the content',
    entries: 'Main menu',
    section: 'Pages of this section',
    commands: 'Commands',
    lost: 'The server is out of reach; reconnecting … What you see may be out of date.',
    out: 'Sign out',
    dark: 'Dark',
    light: 'Light',
  },
);

/** Where calls are taken. */
const desk = 'customers/desk';

const entryTitles: Record<Entry, Two> = {
  todo: { zh: '待办', en: 'To-do' },
  customers: { zh: '客户', en: 'Customers' },
  approvals: { zh: '审批', en: 'Approvals' },
  assurance: { zh: '合规', en: 'Assurance' },
  incidents: { zh: '事件', en: 'Incidents' },
  people: { zh: '人员与伙伴', en: 'People & partners' },
  settings: { zh: '设置', en: 'Settings' },
};

function useCommands(openSession: Session): Command[] {
  const language = useLanguage();
  const tone = useTone();
  const signOut = useSignOut(openSession);
  return useMemo(
    () => [
      language === 'zh'
        ? { key: 'language', title: { zh: 'English', en: 'English' }, run: () => chooseLanguage('en') }
        : { key: 'language', title: { zh: '中文', en: '中文' }, run: () => chooseLanguage('zh') },
      tone === 'dark'
        ? { key: 'tone', title: { zh: '浅色界面', en: 'Light mode' }, run: () => chooseTone('light') }
        : { key: 'tone', title: { zh: '深色界面', en: 'Dark mode' }, run: () => chooseTone('dark') },
      { key: 'sign-out', title: { zh: '退出登录', en: 'Sign out' }, run: () => void signOut() },
    ],
    [language, tone, signOut],
  );
}

/** Ends the session here and at the server; everything that was read goes with it. */
function useSignOut(session: Session): () => Promise<void> {
  const queries = useQueryClient();
  const take = useTakeSession();
  return useMemo(
    () => async () => {
      try {
        await callPlainly(() => api.POST('/v1/sign-out'));
      } finally {
        queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
        take(null);
      }
    },
    [session.id],
  );
}

/** The frame of every page: entries the person can use, the session's clock, and Ctrl-K. */
export default function Layout({ session }: { session: Session }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const tone = useTone();
  const take = useTakeSession();
  const lost = useLost();
  const known = useMeOf(session);
  const here = useLocation();
  const [palette, setPalette] = useState(false);
  const me = useMemo(() => (known.data ? { ...known.data, session } : null), [known.data, session]);
  const seen = useMemo(() => (me ? pages.filter((page) => page.sees(me)) : []), [me]);
  const commands = useCommands(session);
  const signOut = useSignOut(session);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setPalette((before) => !before);
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  useEffect(() => {
    // The page's name only: a title is kept by the browser's history, so nobody's name may stand in it.
    const page = seen.find((one) => here.pathname === `/${one.path}`);
    document.title = page ? `${tell(page.title)} · ${say('product')}` : say('product');
  }, [here.pathname, seen, tell, say]);

  if (known.error && !known.data)
    return (
      <main className="alone">
        <ProblemNote fault={known.error} onAgain={() => void known.refetch()} />
      </main>
    );
  if (!me) return <Waiting />;

  return (
    <MeContext value={me}>
      <a className="skip" href="#content">
        {say('skip')}
      </a>
      <div className="frame">
        <header className="top">
          <NavLink to="/todo" className="brand">
            {say('product')}
          </NavLink>
          <button type="button" className="command" onClick={() => setPalette(true)}>
            {say('commands')} <kbd>Ctrl K</kbd>
          </button>
          <span className="spread" />
          <SessionClock session={session} onEnd={() => take(null)} />
          <Button type="text" size="small" onClick={() => chooseLanguage(language === 'zh' ? 'en' : 'zh')}>
            {language === 'zh' ? 'English' : '中文'}
          </Button>
          <Button type="text" size="small" className="wide-only" onClick={() => chooseTone(tone === 'dark' ? 'light' : 'dark')}>
            {tone === 'dark' ? say('light') : say('dark')}
          </Button>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'who', label: `${session.name} · ${session.account}`, disabled: true },
                { key: 'out', label: say('out') },
              ],
              onClick: ({ key }) => key === 'out' && void signOut(),
            }}
          >
            <Button type="text" size="small">
              {session.name}
            </Button>
          </Dropdown>
        </header>
        {lost && (
          <div className="lost" role="alert">
            {say('lost')}
          </div>
        )}
        {seen.some((page) => page.path === desk) && here.pathname !== `/${desk}` && <CallWaits desk={`/${desk}`} />}
        <Menu seen={seen} label={say('entries')} />
        <Section key={here.pathname} seen={seen} label={say('section')} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long page without anything to press must be scrolled by keyboard too (WCAG 2.1.1) */}
        <main id="content" className="content" tabIndex={0}>
          <Suspense fallback={<Waiting />}>
            <Outlet context={me} />
          </Suspense>
        </main>
      </div>
      <Palette open={palette} onClose={() => setPalette(false)} pages={seen.filter((page) => page.listed !== false)} commands={commands} />
    </MeContext>
  );
}

/** The listed pages, and the entry of the page being shown. */
function useHere(seen: Page[]): { listed: Page[]; current: Entry | undefined; page: Page | undefined } {
  const here = useLocation();
  const listed = seen.filter((page) => page.listed !== false);
  const page = seen.find((one) => here.pathname === `/${one.path}`);
  const current = page?.entry ?? entries.find((entry) => entry === here.pathname.split('/')[1]);
  return { listed, current, page };
}

/** Entries with the pages below the chosen one. On a phone the entries alone stand at the bottom, under the thumb. */
function Menu({ seen, label }: { seen: Page[]; label: string }) {
  const tell = useSay();
  const { listed, current } = useHere(seen);
  return (
    <nav className="menu" aria-label={label}>
      <ul>
        {entries
          .filter((entry) => listed.some((page) => page.entry === entry))
          .map((entry) => {
            const below = listed.filter((page) => page.entry === entry);
            return (
              <li key={entry}>
                <NavLink
                  to={`/${below[0]?.path}`}
                  className={`entry${current === entry ? ' chosen' : ''}`}
                  aria-current={current === entry ? 'true' : undefined}
                >
                  {tell(entryTitles[entry])}
                </NavLink>
                {current === entry && below.length > 1 && <Below pages={below} />}
              </li>
            );
          })}
      </ul>
    </nav>
  );
}

/** The pages of one entry, under their group titles. */
function Below({ pages: below, onGo }: { pages: Page[]; onGo?: () => void }) {
  const tell = useSay();
  const link = (page: Page) => (
    <li key={page.path}>
      <NavLink to={`/${page.path}`} end {...(onGo && { onClick: onGo })}>
        {tell(page.title)}
      </NavLink>
    </li>
  );
  return (
    <ul className="below">
      {inGroups(below).map((group) =>
        group.title ? (
          <li key={group.title.en}>
            <span className="group">{tell(group.title)}</span>
            <ul>{group.pages.map(link)}</ul>
          </li>
        ) : (
          group.pages.map(link)
        ),
      )}
    </ul>
  );
}

/** On a phone, where the menu holds the entries only: the other pages of this entry, one touch away. */
function Section({ seen, label }: { seen: Page[]; label: string }) {
  const tell = useSay();
  const { listed, current, page } = useHere(seen);
  const below = listed.filter((one) => one.entry === current);
  const details = useRef<HTMLDetailsElement>(null);
  if (!current || below.length < 2) return null;
  return (
    <nav className="section" aria-label={label}>
      <details ref={details}>
        <summary>
          {tell(entryTitles[current])}
          {page && <strong> › {tell(page.title)}</strong>}
        </summary>
        <Below pages={below} onGo={() => details.current?.removeAttribute('open')} />
      </details>
    </nav>
  );
}

function Waiting() {
  return (
    <div className="alone" role="status">
      <Skeleton active={false} />
    </div>
  );
}
