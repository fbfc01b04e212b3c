import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { type ComponentType, lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { createBrowserRouter, Navigate, RouterProvider, useRouteError } from 'react-router';
import { listen } from '../api/client';
import { mayAskAgain } from '../api/problem';
import { SignIn } from '../spine/identity/SignIn';
import { onBack, sayLost, whenBack } from './connection';
import { sessionKey, useSession, useTakeSession } from './me';
import { ProblemNote } from './Problem';
import { pages } from './pages';
import { type ProofAsked, StepUp } from './StepUp';
import { themeOf, useTone } from './theme';
import { suggestLanguage, useLanguage } from './words';

const Layout = lazy(() => import('./Layout'));
const Begin = lazy(() => import('../spine/identity/Begin'));
const Phone = lazy(() => import('../spine/identity/Phone'));

// Nothing is kept when its page is left, and nothing is asked again behind somebody's back: every reading is an entry in the log.
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      gcTime: 60_000,
      // Asked even when the browser believes it is offline: whether the server answers is found out by asking.
      networkMode: 'always',
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: mayAskAgain,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

let opened = false;

/**
 * A page's own file may be what cannot be had: that is said like any other loss, and fetched when the server is back. If it is gone even then,
 * the server has a newer console, and the page is loaded anew.
 */
const pageOf = (load: () => Promise<{ default: ComponentType }>) => async () => {
  let page: { default: ComponentType };
  try {
    page = await load();
  } catch {
    sayLost();
    await whenBack();
    page = await load().catch((fault: unknown) => {
      if (!opened) throw fault;
      location.reload();
      return new Promise<never>(() => {});
    });
  }

  opened = true;
  return { Component: page.default };
};

const router = createBrowserRouter(
  [
    { path: '/phone', element: <Gate inside={<Phone />} />, HydrateFallback: () => null },
    {
      path: '/',
      element: <Gate />,
      errorElement: <Fault />,
      HydrateFallback: () => null,
      children: [
        { index: true, element: <Navigate to="/todo" replace /> },
        { path: 'sign-in', element: <Navigate to="/todo" replace /> },
        ...pages.map((page) => ({ path: page.path, lazy: pageOf(page.load), errorElement: <PageFault /> })),
        { path: '*', element: <Navigate to="/todo" replace /> },
      ],
    },
  ],
  { basename: '/console' },
);

/** A page that breaks takes nothing else with it: the menu stays, and every other page is one press away. */
function PageFault() {
  return <ProblemNote fault={useRouteError()} onAgain={() => location.reload()} />;
}

function Fault() {
  return (
    <main className="alone">
      <PageFault />
    </main>
  );
}

/** Nobody without a complete sign-in comes further; the address stays, so a deep link opens afterwards. */
function Gate({ inside }: { inside?: React.ReactNode }) {
  const asked = useSession();
  // What failed may have been the once-a-minute look at the clock: whoever is signed in stays where he is.
  if (asked.error && asked.data === undefined)
    return (
      <main className="alone">
        <ProblemNote fault={asked.error} onAgain={() => void asked.refetch()} />
      </main>
    );
  if (asked.data === undefined) return null;
  if (asked.data === null) return <SignIn />;
  if (asked.data.needs.length > 0)
    return (
      <Suspense fallback={null}>
        <Begin session={asked.data} />
      </Suspense>
    );
  return <Suspense fallback={null}>{inside ?? <Layout key={asked.data.person} session={asked.data} />}</Suspense>;
}

/** Wires what any request can meet to the shell: a proof to give, a session that ended, a server that is gone. */
function Watch() {
  const take = useTakeSession();
  const { data: session } = useSession();
  const [asked, setAsked] = useState<ProofAsked | null>(null);
  useEffect(() => {
    let looked = Date.now();
    listen({
      prove: (problem) =>
        new Promise((resolve) =>
          setAsked({
            problem,
            done: (proved) => {
              setAsked(null);
              resolve(proved);
            },
          }),
        ),
      signedOut: () => {
        queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
        take(null);
      },
      lost: sayLost,
      answered: () => {
        // Each use prolongs the session at the server; once a minute the clock is told.
        if (Date.now() - looked > 60_000) {
          looked = Date.now();
          void queries.invalidateQueries({ queryKey: sessionKey });
        }
      },
    });
    onBack(() => void queries.invalidateQueries());
  }, [take]);
  useEffect(() => {
    if (session) suggestLanguage(session.locale);
  }, [session]);
  return <StepUp asked={asked} />;
}

export function App({ nonce }: { nonce: string }) {
  const language = useLanguage();
  const tone = useTone();
  const look = useMemo(() => themeOf(tone), [tone]);
  return (
    <ConfigProvider
      componentSize="middle"
      csp={{ nonce }}
      locale={language === 'zh' ? zhCN : enUS}
      theme={look}
      wave={{ disabled: true }}
      button={{ autoInsertSpace: false }}
    >
      <QueryClientProvider client={queries}>
        <Watch />
        {/* Pages are loaded before the router moves: moving is shown at once, so that address, menu and page never tell different things. */}
        <RouterProvider router={router} useTransitions={false} />
      </QueryClientProvider>
    </ConfigProvider>
  );
}
