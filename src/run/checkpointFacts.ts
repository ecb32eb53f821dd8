import type { RunEvent } from '../protocol/events';

/** What the log of a training says of one of its checkpoints. */
export interface CheckpointFacts {
  /** Phase that has just ended there, or that it lies in; absent before the first step. */
  phase?: { name: string; ended: boolean };
  /** On pairs, 0 … 1; absent where it was not measured there. */
  accuracy?: number;
  /** When it was saved, milliseconds since the epoch. */
  time: number;
}

/** By the steps of the checkpoints. What a run that was resumed says again counts as it is said last. */
export function checkpointFacts(events: readonly RunEvent[]): Map<number, CheckpointFacts> {
  const facts = new Map<number, CheckpointFacts>();
  const accuracies = new Map<number, number>();
  const ends = new Map<number, string>();
  let current: string | undefined;
  for (const event of events) {
    if (event.type === 'phase' && event.boundary === 'start') current = event.name;
    else if (event.type === 'phase') ends.set(event.step, event.name);
    else if (event.type === 'lfw') {
      accuracies.set(event.step, event.accuracy);
      if (event.phase !== undefined) ends.set(event.step, event.phase);
    } else if (event.type === 'checkpoint') {
      facts.set(event.step, {
        ...(event.step > 0 && current !== undefined && { phase: { name: current, ended: false } }),
        time: event.time,
      });
    }
  }
  for (const [step, fact] of facts) {
    const [ended, accuracy] = [ends.get(step), accuracies.get(step)];
    if (ended !== undefined) fact.phase = { name: ended, ended: true };
    if (accuracy !== undefined) fact.accuracy = accuracy;
  }
  return facts;
}
