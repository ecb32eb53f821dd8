/**
 * Runs `task` once at a time: a call while it runs is answered by one more run after it, which all calls until then
 * share. What a call resolves to has therefore begun after the call.
 */
export function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let running = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return async () => {
    if (waiting === undefined) {
      const run = running.then(() => {
        waiting = undefined;
        return task();
      });
      waiting = run;
      running = run.catch(() => undefined);
    }
    return waiting;
  };
}
