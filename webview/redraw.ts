/** Lets `draw` run at most once in `milliseconds`, however often it is asked for; the last request is always served. */
export function coalesce(draw: () => void, milliseconds = 100): { request(): void; now(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const run = (): void => {
    timer = undefined;
    last = performance.now();
    draw();
  };
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    request() {
      timer ??= setTimeout(run, Math.max(0, last + milliseconds - performance.now()));
    },
    now() {
      cancel();
      run();
    },
    cancel,
  };
}
