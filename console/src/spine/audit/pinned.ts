import { useSyncExternalStore } from 'react';

let pinned = '';
const heard = new Set<() => void>();

/** The verifier key that the auditor brought along; kept until the page is closed and nowhere else. Empty: the server's own word is used, and said. */
export const usePinned = (): string =>
  useSyncExternalStore(
    (tell) => {
      heard.add(tell);
      return () => heard.delete(tell);
    },
    () => pinned,
  );

export function pin(key: string): void {
  pinned = key.trim();
  for (const tell of heard) tell();
}
