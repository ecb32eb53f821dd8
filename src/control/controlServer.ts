// The worker's side of the control socket (plan §4): JSON-RPC over a local socket, any number of windows attached.
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { RunRecord } from '../protocol/run';
import { controlMethods } from '../protocol/control';
import { type Door, claimEndpoint, doorOf } from './endpoint';
import { Visitor, farewellMilliseconds } from './visitor';

/** More windows and terminals than anybody has on one run; who comes beyond them is turned away. */
const mostVisitors = 32;

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
  door?: Door,
): Promise<ControlServer> {
  const { endpoints, password } = door ?? (await doorOf(runFolder));
  const visitors = new Set<Visitor>();
  const server = createServer((socket) => {
    const visitor = new Visitor(socket, answers, password, () => visitors.delete(visitor));
    visitors.add(visitor);
  });
  server.maxConnections = mostVisitors;
  // A watcher must never keep a finished worker alive.
  server.unref();
  const endpoint = await claimEndpoint(server, endpoints);

  // JSON-RPC hands messages to the socket one after another, later than they are sent here.
  const sending = new Set<Promise<void>>();
  const notify = (method: string, ...values: unknown[]): void => {
    for (const visitor of visitors) {
      const sent = visitor.tell(method, ...values);
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
      await Promise.all([...visitors].map(async (visitor) => visitor.end()));
      if (process.platform !== 'win32') await rm(endpoint, { force: true });
    },
  };
}
