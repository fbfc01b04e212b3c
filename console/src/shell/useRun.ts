import { useState } from 'react';
import { wasDismissed } from './passkeys';

/** One act at a time: busy while it runs; its refusal stays where the hand is. */
export function useRun() {
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setFault(null);
    try {
      await act();
    } catch (thrown) {
      if (!wasDismissed(thrown)) setFault(thrown);
    } finally {
      setBusy(false);
    }
  };
  return { fault, busy, run };
}
