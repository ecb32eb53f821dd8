import { z } from 'zod';

/** JSON-RPC methods of a worker's control socket (plan §4). */
export const controlMethods = {
  /** Notification, the first message of a connection: `{ password }` on Windows (src/control/pipePassword.ts), else `{}`. */
  hello: 'hello',
  /** Request: finish the step, save, exit. Answers at once; the state event follows. */
  stop: 'stop',
  /** Request: returns the current RunRecord. */
  status: 'status',
  /** Notification to everyone attached: metrics.jsonl has grown. It carries nothing: who wants the events reads on there. */
  logged: 'logged',
  /** Notification to everyone attached: run.json has changed; carries the RunRecord. */
  record: 'record',
} as const;

/** What a worker takes from a connection: requests and notifications of JSON-RPC. Methods of newer versions are answered as unknown. */
export const clientMessageSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.number(), z.string().max(64)]).optional(),
  method: z.string().min(1).max(64),
  params: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
});
export type ClientMessage = z.infer<typeof clientMessageSchema>;
