import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { Lost, type Problem, Refusal } from '../api/problem';
import { defineWords, useLanguage, useWords } from './words';

const words = defineWords(
  'problem',
  {
    lost: '联系不上服务器。恢复后会自动继续,您不用做什么。',
    fault: '页面出了差错,没有任何信息因此泄露。请重新载入。',
    again: '再试一次',
    wait: '请在 {{seconds}} 秒后再试。',
  },
  {
    lost: 'The server cannot be reached. This goes on by itself once it is back.',
    fault: 'The page met a fault; nothing was disclosed by it. Load it again.',
    again: 'Try again',
    wait: 'Try again in {{seconds}} s.',
  },
);

/** What, why, one button: a refusal as the server words it, in the language being read. */
export function ProblemNote({ fault, action, onAgain }: { fault: unknown; action?: ReactNode; onAgain?: () => void }) {
  const say = useWords(words);
  const language = useLanguage();
  const told = fault instanceof Refusal ? fault.problem : null;
  const what = told ? told[language] : fault instanceof Lost ? say('lost') : say('fault');
  const why = told ? details(told, language) : [];
  if (told?.wait) why.push(say('wait', { seconds: told.wait }));
  return (
    <Alert
      role="alert"
      type={told && told.status < 500 && told.code === 'access.needs' ? 'warning' : 'error'}
      showIcon={false}
      title={what}
      description={
        why.length > 0 ? (
          <ul>
            {why.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : undefined
      }
      action={
        action ??
        (onAgain ? (
          <Button size="small" onClick={onAgain}>
            {say('again')}
          </Button>
        ) : undefined)
      }
    />
  );
}

/** Reasons and field mistakes, each sentence once. */
function details(problem: Problem, language: 'zh' | 'en'): string[] {
  const sentences = [...problem.reasons.map((reason) => reason[language]), ...problem.errors.map((error) => error[language])];
  return [...new Set(sentences)].filter((sentence) => sentence !== problem[language]);
}
