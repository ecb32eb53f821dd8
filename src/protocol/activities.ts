/** What a worker says that it does, in its progress events; a host says it in its own language. */
export const activities = {
  listing: 'Listing people',
  aligning: 'Aligning',
  drawing: 'Drawing people',
  freezing: 'Computing frozen activations',
  evaluating: 'Evaluating on LFW',
  checking: 'Looking at the model',
  choosing: 'Choosing triplets',
  embedding: 'Embedding faces',
  separating: 'Telling people apart',
} as const;
export type Activity = (typeof activities)[keyof typeof activities];

const training = 'Training ';

/** What a worker says that it does while it trains a phase. */
export function trainingActivity(phase: string): string {
  return `${training}${phase}`;
}

/** Name of the phase that an activity trains; undefined for any other activity. */
export function trainedPhase(activity: string): string | undefined {
  return activity.startsWith(training) ? activity.slice(training.length) : undefined;
}
