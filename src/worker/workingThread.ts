// Where the thread that does the job is, seen from another thread of its process.
import { readFileSync, readdirSync } from 'node:fs';
import type { Debugger, Runtime, Session } from 'node:inspector';
import { trainThreadFile } from '../jobs/thread/messages';

/** A thread that runs JavaScript answers at once. */
const answerMilliseconds = 2000;
const mostFrames = 40;

/** What is asked of a thread's inspector, and heard from it. */
interface Conversation {
  post(method: string, parameters?: object, answered?: (result: unknown) => void): void;
  on(event: string, listener: (parameters: never) => void): void;
}

/**
 * The stack of the thread that does the job, or what it waits for, a line each. A thread whose event loop turns has no
 * stack: it waits for something that does not come. One that does not answer is inside native code, of which the operating
 * system knows no more than names.
 *
 * @param state whether its event loop turns, and whether it is a thread of its own and not the main one
 */
export async function describeWorkingThread(state: { turning: boolean; apart: boolean }): Promise<string[]> {
  const name = state.apart ? 'The thread that trains' : 'The main thread';
  // Programs that embed Node may be built without it.
  const inspector = await import('node:inspector').catch(() => undefined);
  if (inspector === undefined) return ['This Node has no inspector that could tell where its threads are.'];
  const session = new inspector.Session();
  session.connectToMainThread();
  try {
    const thread = state.apart ? await conversationWith(session, trainThreadFile) : conversationOf(session);
    const told = thread && (await (state.turning ? resourcesOf(thread, name) : framesOf(thread, name)));
    return told ?? nativeThreads(name);
  } finally {
    session.disconnect();
  }
}

function conversationOf(session: Session): Conversation {
  return {
    post: (method, parameters, answered) =>
      session.post(method, parameters, (error, result) => {
        if (error === null) answered?.(result);
      }),
    on: (event, listener) => void session.on(event, ({ params }) => listener(params as never)),
  };
}

/** With the thread of the main one that runs this program; undefined where there is none. */
async function conversationWith(session: Session, program: string): Promise<Conversation | undefined> {
  const found = inTime<string>((resolve) => {
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
      if (workerInfo.url.endsWith(program)) resolve(sessionId);
    });
  });
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  const sessionId = await found;
  if (sessionId === undefined) return undefined;
  let last = 0;
  const answers = new Map<number, (result: unknown) => void>();
  const listeners = new Map<string, (parameters: never) => void>();
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    if (params.sessionId !== sessionId) return;
    const { id, result, method, params: parameters } = JSON.parse(params.message) as WorkerMessage;
    if (id === undefined) listeners.get(method!)?.(parameters as never);
    else answers.get(id)?.(result);
  });
  return {
    post(method, params, answered) {
      const id = ++last;
      if (answered !== undefined) answers.set(id, answered);
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method, params }) });
    },
    on: (event, listener) => void listeners.set(event, listener),
  };
}

/** An answer to a numbered question, or an event. */
interface WorkerMessage {
  id?: number;
  result?: unknown;
  method?: string;
  params?: unknown;
}

async function framesOf(thread: Conversation, name: string): Promise<string[] | undefined> {
  const files = new Map<string, string>();
  thread.on('Debugger.scriptParsed', ({ scriptId, url }: Debugger.ScriptParsedEventDataType) => {
    files.set(scriptId, url);
  });
  const paused = inTime<string[]>((resolve) => {
    thread.on('Debugger.paused', ({ callFrames }: Debugger.PausedEventDataType) => {
      const frames = callFrames.slice(0, mostFrames).map(({ functionName, location }) => {
        const file = files.get(location.scriptId) ?? '';
        const place = `${file}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
        return `    at ${functionName === '' ? '<anonymous>' : functionName} (${place})`;
      });
      resolve([`${name} runs JavaScript:`, ...frames]);
    });
  });
  thread.post('Debugger.enable');
  thread.post('Debugger.pause');
  const frames = await paused;
  thread.post('Debugger.resume');
  return frames;
}

async function resourcesOf(thread: Conversation, name: string): Promise<string[] | undefined> {
  return inTime((resolve) => {
    const expression = 'process.getActiveResourcesInfo()';
    thread.post('Runtime.evaluate', { expression, returnByValue: true }, (answer) => {
      const names = ((answer as Runtime.EvaluateReturnType).result.value as string[] | undefined) ?? [];
      const counts = [...new Set(names)].map((one) => `${one} ×${names.filter((other) => other === one).length}`);
      resolve([`${name} waits; its event loop holds ${counts.join(', ') || 'nothing'}.`]);
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
function nativeThreads(name: string): string[] {
  const first = `${name} is inside native code and does not answer.`;
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
