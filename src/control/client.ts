// The other side of the control socket: what a window or `facenet attach` uses. Loads no native module.
import { type Socket, connect } from 'node:net';
import { NullLogger, SocketMessageWriter, StreamMessageReader, createMessageConnection } from 'vscode-jsonrpc/node';
import { controlMethods } from '../protocol/control';
import { UserError } from '../protocol/errors';
import { type RunRecord, runRecordSchema } from '../protocol/run';
import { isOwnDoor } from './endpoint';
import { Listeners, type Subscription } from './listeners';
import { MessageFrames } from './messageFrames';
import { pipePassword } from './pipePassword';

/** A live connection to the worker of a run. */
export interface Attachment {
  /** An event has been appended to metrics.jsonl. */
  onLogged(listener: () => void): Subscription;
  /** The record as it changes. */
  onRecord(listener: (record: RunRecord) => void): Subscription;
  /** Called once when the worker has ended or the connection is lost; at once where that has happened already. */
  onClose(listener: () => void): Subscription;
  /** Asks the worker to finish the step, save and exit; resolves when it has heard. */
  stop(): Promise<void>;
  /** The record as the worker holds it now. */
  status(): Promise<RunRecord>;
  dispose(): void;
}

const connectMilliseconds = 5000;
const lastMessagesMilliseconds = 50;
/** Of a job that holds its worker's event loop for a batch of images, or of a machine that is busy. */
const answerMilliseconds = 60_000;
/** A record names each person of the training; nobody has so many. */
const longestMessage = 64 << 20;

async function open(endpoint: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(endpoint);
    const timer = setTimeout(() => socket.destroy(new Error('it does not answer')), connectMilliseconds);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/**
 * Connects to the worker of a running job.
 *
 * @param password of the endpoint; of this user's key by default
 * @throws UserError when the record names no endpoint, one that is not of this user's workers, or nobody answers there.
 */
export async function attach(record: RunRecord, password?: string): Promise<Attachment> {
  const endpoint = record.worker?.endpoint;
  if (endpoint === undefined) throw new UserError(`Run ${record.id} has no worker to attach to.`);
  if (!(await isOwnDoor(endpoint))) {
    const message = `The worker of run ${record.id} does not answer: ${endpoint} is not the control socket of a worker of yours.`;
    throw new UserError(message, 'It may have ended; look at its state.');
  }
  const said = password ?? (process.platform === 'win32' ? await pipePassword(endpoint) : undefined);
  const socket = await open(endpoint).catch((cause: unknown) => {
    throw new UserError(`The worker of run ${record.id} does not answer.`, 'It may have ended; look at its state.', {
      cause,
    });
  });
  const frames = new MessageFrames({ bytes: longestMessage });
  const reader = new StreamMessageReader(socket.pipe(frames));
  const connection = createMessageConnection(reader, new SocketMessageWriter(socket), NullLogger);
  const logged = new Listeners<undefined>();
  const records = new Listeners<RunRecord>();
  const closings = new Listeners<undefined>();
  let closed = false;
  let abandon: ((error: Error) => void) | undefined;
  const whenClosed = new Promise<never>((_, reject) => (abandon = reject));
  // Nobody may be waiting for an answer when the worker goes.
  whenClosed.catch(() => undefined);
  const gone = (): UserError => new UserError(`The worker of run ${record.id} has gone.`);
  const close = (): void => {
    if (closed) return;
    closed = true;
    abandon?.(gone());
    connection.dispose();
    socket.destroy();
    closings.call(undefined);
  };

  connection.onNotification(controlMethods.logged, () => logged.call(undefined));
  // A worker of a newer version may send what this one does not know: skipped, like in the log.
  connection.onNotification(controlMethods.record, (value: unknown) => {
    const parsed = runRecordSchema.safeParse(value);
    if (parsed.success) records.call(parsed.data);
  });
  // Messages that came with the end are still handed out one by one; disposing of the connection would drop them.
  const closeAfterLastMessages = (): void => void setTimeout(close, lastMessagesMilliseconds);
  connection.onClose(closeAfterLastMessages);
  connection.onError(closeAfterLastMessages);
  socket.on('error', closeAfterLastMessages);
  connection.listen();
  // A worker of an older version does not know it, and does not mind.
  void connection
    .sendNotification(controlMethods.hello, said === undefined ? {} : { password: said })
    .catch(() => undefined);

  const request = async (method: string): Promise<unknown> => {
    if (closed) throw gone();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new UserError(
            `The worker of run ${record.id} is busy and does not answer.`,
            'Try again, or stop it by force.',
          ),
        );
      }, answerMilliseconds);
    });
    try {
      return await Promise.race([connection.sendRequest(method), late, whenClosed]);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    onLogged: (listener) => logged.add(listener),
    onRecord: (listener) => records.add(listener),
    onClose(listener) {
      if (closed) queueMicrotask(listener);
      return closings.add(listener);
    },
    stop: async () => {
      await request(controlMethods.stop);
    },
    status: async () => runRecordSchema.parse(await request(controlMethods.status)),
    dispose: close,
  };
}
