// What a keeper and its working process tell each other over their channel.
import type { RunEvent } from '../protocol/events';
import type { JobRequest } from '../protocol/job';
import type { Patience } from './watchdog';

export type KeeperMessage =
  /** The first one: what is to be done. */
  { type: 'begin'; request: JobRequest; patience: Patience } | { type: 'stop' };

/** How a job ended that could say so itself. */
export type Outcome =
  | { is: 'done' }
  | { is: 'stopped'; message: string }
  /** `stack` is absent where the user can mend it. */
  | { is: 'failed'; message: string; action?: string | undefined; stack?: string };

export type JobMessage = { type: 'event'; event: RunEvent } | { type: 'outcome'; outcome: Outcome };
