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

export const percent = (perMille: number): string => `${(perMille / 10).toFixed(perMille % 10 === 0 ? 0 : 1)}%`;
