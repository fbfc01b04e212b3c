import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { defineWords, useWords } from './words';

const words = defineWords(
  'pager',
  { newest: '回到最新', older: '更早的', first: '回到开头', next: '后面的' },
  { newest: 'Back to the newest', older: 'Earlier', first: 'Back to the beginning', next: 'Next' },
);

interface Place {
  /** Where the list begins, as an address; null while that is what is shown. */
  first: string | null;
  /** Where it goes on; null at its end. */
  next: string | null;
  /** A list in order of work, not of time. */
  queue?: boolean;
}

/** The way back to the beginning of a list whose place stands in the address. */
export function Back({ first, queue }: { first: string; queue?: boolean }) {
  const say = useWords(words);
  return <Link to={{ search: first }}>{say(queue ? 'first' : 'newest')}</Link>;
}

/** The way to the beginning of a list and onwards; `children` stand at its beginning instead of the way there. */
export function Pager({ first, next, queue, children }: Place & { children?: ReactNode }) {
  const say = useWords(words);
  if (first === null && next === null && !children) return null;
  return (
    <div className="row">
      {first === null ? children : <Back first={first} queue={queue === true} />}
      <span className="spread" />
      {next !== null && (
        <Link to={{ search: next }} rel="next">
          {say(queue ? 'next' : 'older')} →
        </Link>
      )}
    </div>
  );
}
