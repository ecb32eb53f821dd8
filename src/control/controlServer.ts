// The worker's side of the control socket (plan §4): JSON-RPC over a local socket, any number of windows attached.
import { rm } from 'node:fs/promises';
import { type Socket, createServer } from 'node:net';
import {
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import { controlMethods } from '../protocol/control';
import type { RunRecord } from '../protocol/run';
import { claimEndpoint, endpointsFor } from './endpoint';

/** A window that reads slower than this many bytes behind is let go; it still has the files. */
const patience = 4 << 20;

export interface ControlServer {
  /** Path of the socket or name of the pipe. */
  readonly endpoint: string;
  /** To be called after an event has been appended to the run's log. */
  logged(): void;
  record(record: RunRecord): void;
  /** Sends what is queued, closes the connections and removes the socket file. */
  close(): Promise<void>;
}

/**
 * Opens the control socket of a run folder.
 *
 * @throws UserError when another worker owns the run or no socket can be opened.
 */
export async function openControlServer(
  runFolder: string,
  answers: { stop(): void; status(): RunRecord },
): Promise<ControlServer> {
  const clients = new Map<Socket, MessageConnection>();
  const server = createServer((socket) => {
    const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
    const forget = (): void => {
      if (clients.delete(socket)) connection.dispose();
      socket.destroy();
    };
    connection.onRequest(controlMethods.stop, () => answers.stop());
    connection.onRequest(controlMethods.status, () => answers.status());
    connection.onClose(forget);
    connection.onError(forget);
    socket.on('error', forget);
    clients.set(socket, connection);
    connection.listen();
  });
  // A watcher must never keep a finished worker alive.
  server.unref();
  const endpoint = await claimEndpoint(server, endpointsFor(runFolder));

  // JSON-RPC hands messages to the socket one after another, later than they are sent here.
  const sending = new Set<Promise<void>>();
  const notify = (method: string, ...values: unknown[]): void => {
    for (const [socket, connection] of clients) {
      if (socket.writableLength > patience) {
        socket.destroy();
        continue;
      }
      // A client that has gone meanwhile is forgotten by its close event.
      const sent = connection.sendNotification(method, ...values).catch(() => void socket.destroy());
      sending.add(sent);
      void sent.then(() => sending.delete(sent));
    }
  };
  return {
    endpoint,
    logged: () => notify(controlMethods.logged),
    record: (record) => notify(controlMethods.record, record),
    async close() {
      server.close();
      await Promise.race([Promise.all(sending), new Promise((resolve) => setTimeout(resolve, farewellMilliseconds))]);
      await Promise.all([...clients.keys()].map(finish));
      if (process.platform !== 'win32') await rm(endpoint, { force: true });
    },
  };
}

/** How long a worker that ends waits for a window to take the last messages. */
const farewellMilliseconds = 500;

/** Ends the connection after what is queued has been sent, at the latest after the farewell. */
async function finish(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, farewellMilliseconds);
    socket.end(() => {
      clearTimeout(timer);
      resolve();
    });
  });
  socket.destroy();
}
