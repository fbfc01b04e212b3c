import type { Schemas } from '../../api/client';

export type Ring = Schemas['CallView'];

/** Those that ring, the one that waits longest first. */
export const ringing = (calls: readonly Ring[]): Ring[] => calls.filter((one) => one.state === 'waiting').sort((a, b) => a.since - b.since);

/** Whether the telephone system hung up: it says so, or knows nothing of the call any more. A list from before the call was taken says neither. */
export const isOver = (calls: readonly Ring[], id: string): boolean => !calls.some((one) => one.id === id && one.state !== 'ended');
