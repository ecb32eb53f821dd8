// What comes over a control socket is cut into whole messages, of bounded size, before anything else looks at it.
import { Transform, type TransformCallback } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { heedRequests } from '../run/heedRequests';

/** What was sent is no message; why, in a sentence. */
export class RefusedMessage extends Error {}

export interface FrameRules {
  /** Largest message, in bytes. */
  bytes: number;
  /**
   * Looks at a message before it is passed on; `false` keeps it back.
   *
   * @throws RefusedMessage when it is none
   */
  check?(body: Buffer): boolean;
  /** Milliseconds in which the first message, and each that has begun, has to be whole. */
  patience?: number;
  /** Resolves when the other side has taken its answers. Nothing is read meanwhile. */
  room?(): Promise<unknown>;
}

/** `Content-Length` and whatever else JSON-RPC may say in front of a message. */
const longestHeader = 256;
const endOfHeader = '\r\n\r\n';

/**
 * Takes the bytes of a connection, as they come, and gives JSON-RPC messages with their headers, each whole and within
 * the rules, one a turn of the event loop. Ends in a RefusedMessage otherwise; never holds more than one message.
 */
export class MessageFrames extends Transform {
  private pieces: Buffer[] = [];
  private held = 0;
  /** Bytes of the message with its header, once the header is known. */
  private whole: number | undefined;
  private headerBytes = 0;
  private deadline: NodeJS.Timeout | undefined;

  constructor(private readonly rules: FrameRules) {
    super();
    this.expect();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.cut(chunk).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.deadline);
    this.pieces = [];
    done(error);
  }

  private async cut(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (rest.length > 0 && !this.destroyed) {
      const wanted = (this.whole ?? longestHeader) - this.held;
      this.keep(rest.subarray(0, wanted));
      rest = rest.subarray(wanted);
      this.expect();
      if (this.whole === undefined) rest = this.readHeader(rest);
      if (this.whole === undefined || this.held < this.whole) continue;
      this.hand();
      await setImmediate();
      await this.rules.room?.();
    }
  }

  private keep(piece: Buffer): void {
    this.pieces.push(piece);
    this.held += piece.length;
  }

  /** Finds the length of the message in what is held; returns what came behind this message or its header. */
  private readHeader(rest: Buffer): Buffer {
    const start = Buffer.concat(this.pieces);
    const end = start.indexOf(endOfHeader);
    if (end < 0) {
      if (this.held >= longestHeader) throw new RefusedMessage('A message begins with Content-Length.');
      this.pieces = [start];
      return rest;
    }
    const [, digits] =
      /(?:^|\r\n)content-length: *(\d{1,10}) *(?:\r\n|$)/i.exec(start.toString('latin1', 0, end)) ?? [];
    if (digits === undefined) throw new RefusedMessage('A message begins with Content-Length.');
    if (Number(digits) > this.rules.bytes) {
      throw new RefusedMessage(`A message has ${this.rules.bytes} bytes at most, this one has ${digits}.`);
    }
    this.headerBytes = end + endOfHeader.length;
    this.whole = this.headerBytes + Number(digits);
    const behind = start.subarray(this.whole);
    this.pieces = [start.subarray(0, this.whole)];
    this.held = start.length - behind.length;
    return behind.length > 0 ? Buffer.concat([behind, rest]) : rest;
  }

  private hand(): void {
    const frame = Buffer.concat(this.pieces);
    this.pieces = [];
    this.held = 0;
    this.whole = undefined;
    clearTimeout(this.deadline);
    this.deadline = undefined;
    if (this.rules.check?.(frame.subarray(this.headerBytes)) ?? true) this.push(frame);
  }

  /** From now on a message has to become whole. Where that runs already, more bytes give no more time. */
  private expect(): void {
    const { patience } = this.rules;
    if (patience === undefined || this.deadline !== undefined) return;
    this.deadline = setTimeout(() => void this.giveUp(), patience);
    this.deadline.unref();
  }

  private async giveUp(): Promise<void> {
    const { deadline } = this;
    // Work may have held the event loop, and what came meanwhile is still to be read.
    await heedRequests();
    if (deadline !== this.deadline || this.destroyed) return;
    this.destroy(new RefusedMessage(`No whole message came within ${this.rules.patience! / 1000} s.`));
  }
}
