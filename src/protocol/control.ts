/** JSON-RPC methods of a worker's control socket (plan §4). */
export const controlMethods = {
  /** Request: finish the step, save, exit. Answers at once; the state event follows. */
  stop: 'stop',
  /** Request: returns the current RunRecord. */
  status: 'status',
  /** Notification to everyone attached: metrics.jsonl has grown. It carries nothing: who wants the events reads on there. */
  logged: 'logged',
  /** Notification to everyone attached: run.json has changed; carries the RunRecord. */
  record: 'record',
} as const;
