import type { Context } from 'mocha';

const key = Symbol.for('facenet.test.skipReasons');

/** Reasons of skipped tests by full title; shared by the bundles of all test files. */
export function skipReasons(): Map<string, string> {
  const shared = globalThis as { [key]?: Map<string, string> };
  return (shared[key] ??= new Map<string, string>());
}

/** Skips the running test; the runner prints the reason. */
export function skip(context: Context, reason: string): never {
  skipReasons().set(context.test?.fullTitle() ?? '', reason);
  return context.skip();
}
