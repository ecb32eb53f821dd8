// Where the main thread of this process is, seen from another thread of it.
import { readFileSync, readdirSync } from 'node:fs';
import type { Session } from 'node:inspector';

/** A main thread that runs JavaScript answers at once. */
const answerMilliseconds = 2000;
const mostFrames = 40;

/**
 * The stack of the main thread, or what it waits for, a line each. A main thread whose event loop turns has no stack: it
 * waits for something that does not come. One that does not answer is inside native code, of which the operating
 * system knows no more than names.
 *
 * @param turning whether its event loop turns
 */
export async function describeMainThread(turning: boolean): Promise<string[]> {
  // Programs that embed Node may be built without it.
  const inspector = await import('node:inspector').catch(() => undefined);
  if (inspector === undefined) return ['This Node has no inspector that could tell where the main thread is.'];
  const session = new inspector.Session();
  session.connectToMainThread();
  try {
    const told = turning ? await resourcesOf(session) : await framesOf(session);
    return told ?? nativeThreads();
  } finally {
    session.disconnect();
  }
}

async function framesOf(session: Session): Promise<string[] | undefined> {
  const files = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
  const paused = inTime<string[]>((resolve) => {
    session.once('Debugger.paused', ({ params }) => {
      const frames = params.callFrames.slice(0, mostFrames).map(({ functionName, location }) => {
        const file = files.get(location.scriptId) ?? '';
        const place = `${file}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
        return `    at ${functionName === '' ? '<anonymous>' : functionName} (${place})`;
      });
      resolve(['The main thread runs JavaScript:', ...frames]);
    });
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
  const frames = await paused;
  session.post('Debugger.resume');
  return frames;
}

async function resourcesOf(session: Session): Promise<string[] | undefined> {
  return inTime((resolve) => {
    const expression = 'process.getActiveResourcesInfo()';
    session.post('Runtime.evaluate', { expression, returnByValue: true }, (error, answer) => {
      if (error !== null) return;
      const names = (answer.result.value as string[] | undefined) ?? [];
      const counts = [...new Set(names)].map((name) => `${name} ×${names.filter((other) => other === name).length}`);
      resolve([`The main thread waits; its event loop holds ${counts.join(', ') || 'nothing'}.`]);
    });
  });
}

async function inTime<T>(start: (resolve: (value: T) => void) => void): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), answerMilliseconds);
    start((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** The threads of this process with what the kernel says of them; only Linux tells. */
function nativeThreads(): string[] {
  const first = 'The main thread is inside native code and does not answer.';
  const tasks = '/proc/self/task';
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'latin1').trim();
    } catch {
      return ''; // It has ended, or is not ours to look at.
    }
  };
  let names: string[];
  try {
    names = readdirSync(tasks);
  } catch {
    return [first];
  }
  const threads = names.map((id) => {
    const status = read(`${tasks}/${id}/stat`);
    const state = status.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3);
    const waits = read(`${tasks}/${id}/wchan`);
    return `    thread ${id} ${read(`${tasks}/${id}/comm`)}: ${state}${waits === '' || waits === '0' ? '' : ` in ${waits}`}`;
  });
  return [first, ...threads];
}
