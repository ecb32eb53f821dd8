import { constants } from 'node:os';

/** The signal that ended a process; a shell or a wrapper tells it as 128 + its number. */
export function signalOf(end: { code: number | null; signal: NodeJS.Signals | null }): NodeJS.Signals | undefined {
  if (end.signal !== null) return end.signal;
  const found = Object.entries(constants.signals).find(([, value]) => end.code === 128 + value);
  return found?.[0] as NodeJS.Signals | undefined;
}
