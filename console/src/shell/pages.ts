import type { ComponentType } from 'react';
import type { Me } from './me';
import type { Two } from './words';

/** The seven top entries, in their order (console.md). An entry without a page that the person may see stays hidden. */
export const entries = ['todo', 'customers', 'approvals', 'assurance', 'incidents', 'people', 'settings'] as const;
export type Entry = (typeof entries)[number];

export interface Page {
  /** Below /console, for example "customers/desk". Parameters are opaque ids, never personal values. */
  path: string;
  entry: Entry;
  title: Two;
  /** Whether it makes sense to this person; the server decides anew whatever the screen offers. */
  sees: (me: Me) => boolean;
  load: () => Promise<{ default: ComponentType }>;
  /** False: reached from other pages only. */
  listed?: boolean;
  /** Smaller comes first within its entry. */
  order?: number;
  /** Pages of an entry that belong together stand under one title in the menu. */
  group?: Two;
}

/** What waits for somebody. Shown on the first page, by deadline. */
export interface Todo {
  key: string;
  title: Two;
  /** UTC milliseconds. */
  due?: number | null;
  /** A page's path. */
  to: string;
  /** Something is blocked until it is done. */
  urgent?: boolean;
}

export interface TodoSource {
  key: string;
  sees: (me: Me) => boolean;
  load: (me: Me) => Promise<Todo[]>;
}

// Every folder brings its own pages.ts and todos.ts; nothing here changes when one is added (README.md).
const pageFiles = import.meta.glob<{ pages: Page[] }>('../**/pages.ts', { eager: true });
const todoFiles = import.meta.glob<{ todos: TodoSource[] }>('../**/todos.ts', { eager: true });

const todo: Page = { path: 'todo', entry: 'todo', title: { zh: '待办', en: 'To-do' }, sees: () => true, load: () => import('./Todo') };

export const pages: Page[] = [
  todo,
  ...Object.entries(pageFiles)
    .filter(([path]) => path !== './pages.ts')
    .flatMap(([, file]) => file.pages ?? []),
].sort((a, b) => entries.indexOf(a.entry) - entries.indexOf(b.entry) || (a.order ?? 50) - (b.order ?? 50));

export const todoSources: TodoSource[] = Object.values(todoFiles).flatMap((file) => file.todos);
