import { useSyncExternalStore } from 'react';

// Whether the server answers. While it does not, it is asked every two seconds, and everything that waited is asked again when it is back.
let lost = false;
const heard = new Set<() => void>();
let again: (() => void) | null = null;

const tell = () => {
  for (const one of heard) one();
};

export function onBack(act: () => void): void {
  again = act;
}

export function sayLost(): void {
  if (lost) return;
  lost = true;
  tell();
  void look();
}

/** Resolves when the server answers again. */
export const whenBack = (): Promise<void> =>
  new Promise((resolve) => {
    const hear = () => {
      if (lost) return;
      heard.delete(hear);
      resolve();
    };
    heard.add(hear);
  });

async function look(): Promise<void> {
  for (;;) {
    await new Promise((wake) => setTimeout(wake, 2000));
    try {
      const answer = await fetch('/healthz', { cache: 'no-store' });
      if (answer.ok) break;
    } catch {
      // Still away.
    }
  }
  lost = false;
  tell();
  again?.();
}

export const useLost = (): boolean =>
  useSyncExternalStore(
    (wake) => {
      heard.add(wake);
      return () => heard.delete(wake);
    },
    () => lost,
  );
