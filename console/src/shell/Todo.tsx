import { useQueries } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { Listing } from './Listing';
import { useMe } from './me';
import { type Todo, todoSources } from './pages';
import { when } from './time';
import { defineWords, useLanguage, useSay, useWords } from './words';

const Pictures = lazy(() => import('./home/Pictures'));

const words = defineWords(
  'todo',
  { title: '待办', none: '没有等您处理的事。', due: '{{when}} 前', lapsed: '已过期' },
  { title: 'To-do', none: 'Nothing waits for you.', due: 'by {{when}}', lapsed: 'overdue' },
);

/** What blocks comes first, then by deadline; what has none comes last. */
export const inOrder = (todos: Todo[]): Todo[] =>
  [...todos].sort((a, b) => Number(b.urgent ?? false) - Number(a.urgent ?? false) || (a.due ?? Number.POSITIVE_INFINITY) - (b.due ?? Number.POSITIVE_INFINITY));

/** The first page: what waits for this person, then a few pictures of what he answers for. */
export default function TodoPage() {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const sources = todoSources.filter((source) => source.sees(me));
  const asked = useQueries({ queries: sources.map((source) => ({ queryKey: ['todo', source.key], queryFn: () => source.load(me), staleTime: 10_000 })) });
  const all = {
    data: asked.every((one) => one.data) ? inOrder(asked.flatMap((one) => one.data ?? [])) : undefined,
    error: asked.find((one) => one.error)?.error ?? null,
    isPending: asked.some((one) => one.isPending),
    refetch: () => Promise.all(asked.map((one) => one.refetch())),
  };
  return (
    <>
      <h1>{say('title')}</h1>
      <Listing asked={all} isEmpty={(todos) => todos.length === 0} empty={say('none')}>
        {(todos) => (
          <ul className="panel todos">
            {todos.map((todo) => (
              <li key={todo.key} className="row">
                <Link to={`/${todo.to}`}>{tell(todo.title)}</Link>
                <span className="spread" />
                {todo.due != null && (
                  <span className={`num ${todo.due < Date.now() ? 'bad' : 'quiet'}`}>
                    {todo.due < Date.now() ? say('lapsed') : say('due', { when: when(todo.due, language) })}
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </Listing>
      {me.policies.has('approvals.use') && (
        <Suspense fallback={null}>
          <Pictures />
        </Suspense>
      )}
    </>
  );
}
