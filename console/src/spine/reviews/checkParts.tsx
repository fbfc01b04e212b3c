import { defineWords, useWords } from '../../shell/words';

export const checkWords = defineWords(
  'check-kinds',
  {
    daily: '日常:运维与管理操作',
    special: '专项检查',
    spot: '抽查',
    open: '进行中',
    overdue: '已逾期',
    done: '已完成',
  },
  {
    daily: 'Daily: operations and administration',
    special: 'Special check',
    spot: 'Spot check',
    open: 'open',
    overdue: 'overdue',
    done: 'done',
  },
);

const tones = { open: 'warn', overdue: 'bad', done: 'good' } as const;
const marks = { open: '◌', overdue: '!', done: '✓' } as const;

export function CheckState({ state }: { state: keyof typeof tones }) {
  const say = useWords(checkWords);
  return (
    <span className={tones[state]}>
      <span aria-hidden="true">{marks[state]}</span> {say(state)}
    </span>
  );
}

const resultWords = defineWords(
  'check-result-states',
  { open: '待确认', escalated: '逾期,已上报', acknowledged: '已确认' },
  { open: 'to acknowledge', escalated: 'late, escalated', acknowledged: 'acknowledged' },
);

const resultTones = { open: 'warn', escalated: 'bad', acknowledged: 'good' } as const;
const resultMarks = { open: '◌', escalated: '!', acknowledged: '✓' } as const;

/** Whether somebody has said that he read a result. */
export function ResultState({ state }: { state: keyof typeof resultTones }) {
  const say = useWords(resultWords);
  return (
    <span className={resultTones[state]}>
      <span aria-hidden="true">{resultMarks[state]}</span> {say(state)}
    </span>
  );
}

export const percent = (perMille: number): string => `${(perMille / 10).toFixed(perMille % 10 === 0 ? 0 : 1)}%`;
