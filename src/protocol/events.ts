import { z } from 'zod';
import { microBatchSchema, recoveryCauseSchema } from './recovery';
import { runStateSchema } from './run';

/** Milliseconds since the Unix epoch, as far as a Date goes. */
const time = z.number().min(-8.64e15).max(8.64e15);
/** NaN and infinities travel as null in JSON; a diverged loss must not tear the log. */
const measure = z.number().nullable();

const progressEvent = z.object({
  type: z.literal('progress'),
  time,
  /** What is being done, e.g. "Aligning", "Computing frozen activations". */
  activity: z.string(),
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  perSecond: z.number().optional(),
  etaSeconds: z.number().optional(),
  /** Until the end of the whole run, where what is being done is a part of it. */
  runSecondsLeft: z.number().optional(),
});

const stepEvent = z.object({
  type: z.literal('step'),
  time,
  step: z.number().int(),
  epoch: z.number().int(),
  phase: z.string(),
  loss: measure,
  crossEntropy: measure,
  regularization: measure,
  accuracy: measure,
  /** What else the loss measures, by its names; absent where there is nothing. */
  measures: z.record(z.string(), measure).optional(),
  learningRate: z.number(),
  imagesPerSecond: z.number(),
  /** Resident memory of the worker's process; absent in logs of older versions. */
  residentBytes: z.number().optional(),
  /** What the engine holds in tensors, as far as it counts them. */
  tensorBytes: z.number().optional(),
});

const validationEvent = z.object({
  type: z.literal('validation'),
  time,
  step: z.number().int(),
  epoch: z.number().int(),
  loss: measure,
  crossEntropy: measure,
  accuracy: measure,
  /** File of the result per person, relative to the run folder; at the end of a phase. */
  people: z.string().optional(),
});

const lfwEvent = z.object({
  type: z.literal('lfw'),
  time,
  step: z.number().int(),
  /** Phase that has just ended; absent at step 0. */
  phase: z.string().optional(),
  accuracy: z.number(),
  accuracyStd: z.number(),
  validationRate: z.number(),
  far: z.number(),
  auc: z.number(),
  eer: z.number().optional(),
  /** Report file relative to the run folder. */
  report: z.string(),
});

const phaseEvent = z.object({
  type: z.literal('phase'),
  time,
  step: z.number().int(),
  name: z.string(),
  trainableFrom: z.string(),
  epochs: z.number().int(),
  boundary: z.enum(['start', 'end']),
});

/** Triplets were chosen for the steps after this one. */
const roundEvent = z.object({
  type: z.literal('round'),
  time,
  step: z.number().int(),
  people: z.number().int(),
  images: z.number().int(),
  /** Pairs of anchor and positive that were looked at. */
  pairs: z.number().int(),
  /** Of them, those with a negative that violates the margin. */
  triplets: z.number().int(),
  embeddingSeconds: z.number(),
  selectionSeconds: z.number(),
});

/** What a round of choosing triplets has looked at and found; `step` is the last one before it. */
export type TripletRound = Omit<z.infer<typeof roundEvent>, 'type' | 'time'>;

const checkpointEvent = z.object({
  type: z.literal('checkpoint'),
  time,
  step: z.number().int(),
  /** Prefix relative to the models directory of the run. */
  prefix: z.string(),
  best: z.boolean(),
});

/** The training goes on after something that would have ended it. */
const recoveryEvent = z.object({
  type: z.literal('recovery'),
  time,
  cause: recoveryCauseSchema,
  /** Step that did not come to its end. */
  step: z.number().int(),
  /** What happened and what was done about it, for a person. */
  message: z.string(),
  /** Images per forward and backward pass from now on, where that was changed. */
  microBatch: microBatchSchema.optional(),
});

/** `diverged`: a step was not finite and was not applied; `stuck`: nothing is learned; `collapsed`: all embeddings are alike. */
const alarmSchema = z.enum(['diverged', 'stuck', 'collapsed']);

/** Something is wrong with what is learned. */
const alarmEvent = z.object({
  type: z.literal('alarm'),
  time,
  what: alarmSchema,
  step: z.number().int(),
  /** What was seen, where, and what helps, for a person. */
  message: z.string(),
});

const logEvent = z.object({
  type: z.literal('log'),
  time,
  level: z.enum(['info', 'warning', 'error']),
  message: z.string(),
  /** A line for terminals, as the reference's scripts print them: the Run tab has the same in its summary, charts and tables. */
  script: z.literal(true).optional(),
});

const stateEvent = z.object({ type: z.literal('state'), time, state: runStateSchema, message: z.string().optional() });

/** One line of metrics.jsonl. */
export const runEventSchema = z.discriminatedUnion('type', [
  progressEvent,
  stepEvent,
  validationEvent,
  lfwEvent,
  phaseEvent,
  roundEvent,
  checkpointEvent,
  recoveryEvent,
  alarmEvent,
  logEvent,
  stateEvent,
]);
export type RunEvent = z.infer<typeof runEventSchema>;
export type StepEvent = z.infer<typeof stepEvent>;
export type LfwEvent = z.infer<typeof lfwEvent>;
export type RecoveryEvent = z.infer<typeof recoveryEvent>;
export type AlarmEvent = z.infer<typeof alarmEvent>;
export type ProgressEvent = z.infer<typeof progressEvent>;
