import { defineWords, useWords } from './words';

const words = defineWords(
  'level',
  { l1: '低敏感', l2: '较敏感', l3: '敏感', l4: '极敏感' },
  { l1: 'Low sensitivity', l2: 'Moderate sensitivity', l3: 'Sensitive', l4: 'Highly sensitive' },
);

const marks = { 1: '○', 2: '◔', 3: '◑', 4: '●' } as const;
export type LevelNumber = keyof typeof marks;

/** ○ ◔ ◑ ●: shape and colour say the level, and a screen reader hears its name. */
export function LevelMark({ level }: { level: number }) {
  const say = useWords(words);
  const known = (level in marks ? level : 4) as LevelNumber;
  const name = say(`l${known}`);
  return (
    <span className={`level level-${known}`} title={name} role="img" aria-label={name}>
      {marks[known]}
    </span>
  );
}
