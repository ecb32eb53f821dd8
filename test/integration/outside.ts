// From a test inside the extension host to the browser outside of it, where there is one.
import { within } from '../fixtures/deadlines.mjs';

const url = process.env['FACENET_TEST_BRIDGE'];

/** False in desktop VS Code: nobody can look at its window from outside. */
export const hasOutside = url !== undefined && url !== '';

/** Calls an action of test/integration/run.mjs. @throws Error with what went wrong outside */
export async function outside<T>(action: string, args: Record<string, unknown> = {}): Promise<T> {
  if (!hasOutside) throw new Error(`nobody outside to ${action}`);
  const response = await fetch(url!, { method: 'POST', body: JSON.stringify({ action, args }) });
  const answer = (await response.json()) as { value?: T; error?: string };
  if (answer.error !== undefined) throw new Error(`${action}: ${answer.error}`);
  return answer.value as T;
}

/** Asks again until the answer is truthy. @throws Error with `what` after `milliseconds`, later on a slow machine */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T> | T,
  milliseconds = 15_000,
): Promise<Exclude<T, false | undefined | null>> {
  const patience = within(milliseconds);
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as Exclude<T, false | undefined | null>;
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${patience / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
