// One connection to a worker: what it may say, what it is told, how it ends.
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, type MessageConnection, NullLogger } from 'vscode-jsonrpc/node';
import { SocketMessageWriter, StreamMessageReader, createMessageConnection } from 'vscode-jsonrpc/node';
import { type ClientMessage, clientMessageSchema, controlMethods } from '../protocol/control';
import type { RunRecord } from '../protocol/run';
import { MessageFrames, RefusedMessage } from './messageFrames';
import { isPassword } from './pipePassword';

/** A window that has as many messages still to take is let go; it still has the files. */
const mostQueued = 1000;

/** Who has as many still to take is not heard meanwhile. */
const fewQueued = 16;

/** What a window asks is shorter than 200 bytes. */
const longestRequest = 4096;

/** How long a connection has to say something whole, so that those that say nothing do not fill the room. */
const speakMilliseconds = 10_000;

/** How long a connection that ends is given to take the last messages. */
export const farewellMilliseconds = 500;

const lookMilliseconds = 10;

/** JSON-RPC's number for what is no request. */
const invalidRequest = -32600;

/** Counts the messages that the other side has not taken yet: JSON-RPC writes one when the one before has gone. */
class CountingWriter extends SocketMessageWriter {
  queued = 0;

  override async write(message: Message): Promise<void> {
    this.queued++;
    try {
      await super.write(message);
    } finally {
      this.queued--;
    }
  }
}

/**
 * Somebody connected. Hears nothing until it has said its first message, with the password where there is one; what is
 * no message ends it, with the reason as the last thing that it is told.
 */
export class Visitor {
  private readonly connection: MessageConnection;
  private readonly writer: CountingWriter;
  private admitted = false;
  private ended = false;

  constructor(
    private readonly socket: Socket,
    answers: { stop(): void; status(): RunRecord },
    private readonly password: string | undefined,
    private readonly onGone: () => void,
  ) {
    const frames = new MessageFrames({
      bytes: longestRequest,
      patience: speakMilliseconds,
      check: (body) => this.check(body),
      room: async () => this.room(),
    });
    frames.on('error', (error) => void this.turnAway(error));
    this.writer = new CountingWriter(socket);
    this.connection = createMessageConnection(new StreamMessageReader(frames), this.writer, NullLogger);
    this.connection.onRequest(controlMethods.stop, () => answers.stop());
    this.connection.onRequest(controlMethods.status, () => answers.status());
    socket.on('error', () => this.forget());
    socket.on('close', () => this.forget());
    socket.pipe(frames);
    this.connection.listen();
  }

  /** Tells it, unless it has not introduced itself or reads too slowly. One that has gone meanwhile is forgotten. */
  async tell(method: string, ...values: unknown[]): Promise<void> {
    if (!this.admitted || this.ended) return;
    if (this.writer.queued >= mostQueued) return this.forget();
    try {
      // Throws at once, and not by its promise, where the connection is closed and the socket has not said so yet.
      await this.connection.sendNotification(method, ...values);
    } catch {
      this.forget();
    }
  }

  /** Ends the connection after what is queued has been sent, at the latest after the farewell. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, farewellMilliseconds);
      this.socket.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.forget();
  }

  /** Whether JSON-RPC is to have the message. @throws RefusedMessage for what is none, and for a wrong password */
  private check(body: Buffer): boolean {
    const message = messageOf(body);
    if (message.method !== controlMethods.hello) {
      if (!this.admitted && this.password !== undefined) throw new RefusedMessage('The first message is hello.');
      this.admitted = true;
      return true;
    }
    const said = Array.isArray(message.params) ? undefined : message.params?.['password'];
    if (this.password !== undefined && !isPassword(said, this.password)) {
      throw new RefusedMessage('The password is wrong.');
    }
    this.admitted = true;
    return false;
  }

  /** Who does not read its answers is not asked for further questions. */
  private async room(): Promise<void> {
    while (this.writer.queued >= fewQueued && !this.ended) await sleep(lookMilliseconds);
  }

  /** Says why, and drops what still comes until the other side has heard. */
  private async turnAway(reason: Error): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.socket.resume();
    const error = { code: invalidRequest, message: reason.message };
    const said = this.writer.write({ jsonrpc: '2.0', id: null, error } as Message).catch(() => undefined);
    await Promise.race([said, sleep(farewellMilliseconds)]);
    this.socket.end();
    // Destroyed at once, a socket takes back what the other side has not read yet.
    await Promise.race([new Promise((resolve) => this.socket.once('close', resolve)), sleep(farewellMilliseconds)]);
    this.forget();
  }

  private forget(): void {
    this.ended = true;
    this.connection.dispose();
    this.socket.destroy();
    this.onGone();
  }
}

function messageOf(body: Buffer): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new RefusedMessage('A message is JSON.');
  }
  const parsed = clientMessageSchema.safeParse(value);
  if (!parsed.success) throw new RefusedMessage('A message is a request or a notification of JSON-RPC 2.0.');
  return parsed.data;
}
