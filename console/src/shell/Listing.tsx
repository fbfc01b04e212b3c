import { Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { ProblemNote } from './Problem';
import { defineWords, useWords } from './words';

const words = defineWords('listing', { loading: '正在载入', empty: '这里暂时没有内容。' }, { loading: 'Loading', empty: 'Nothing here yet.' });

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** Stands where something is being read for the first time. */
export function Loading() {
  const say = useWords(words);
  return (
    <div role="status" aria-label={say('loading')}>
      <Skeleton active={false} title={false} paragraph={{ rows: 4 }} />
    </div>
  );
}

/** The three states every list has besides its content: loading, failed, empty. */
export function Listing<T>({
  asked,
  isEmpty,
  empty,
  children,
}: {
  asked: Asked<T>;
  isEmpty: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const say = useWords(words);
  if (asked.error) return <ProblemNote fault={asked.error} onAgain={() => void asked.refetch()} />;
  if (asked.isPending || asked.data === undefined) return <Loading />;
  if (isEmpty(asked.data)) return <p className="quiet empty">{empty ?? say('empty')}</p>;
  return children(asked.data);
}
