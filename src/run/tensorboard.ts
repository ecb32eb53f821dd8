// Scalars for TensorBoard: an event file in TFRecord framing (checkpoint-formats §3), named as the reference names it.
import { closeSync, constants, fsyncSync, openSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Writer } from 'protobufjs/minimal';
import { maskedCrc32c } from './crc32c';

/** Field number and wire type in one. */
const tag = { wallTime: 0x09, step: 0x10, fileVersion: 0x1a, summary: 0x2a, value: 0x0a, tag: 0x0a, simpleValue: 0x15 };

function frame(payload: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(payload.length));
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(maskedCrc32c(payload));
  return Buffer.concat([head, payload, tail]);
}

/** The first record of every event file. `wallTime` in seconds since 1970. */
export function encodeFileVersion(wallTime: number): Buffer {
  const event = Writer.create().uint32(tag.wallTime).double(wallTime);
  return frame(event.uint32(tag.fileVersion).string('brain.Event:2').finish());
}

/** One record with several scalars of one step. NaN and infinities are kept, as TensorFlow does. */
export function encodeScalars(wallTime: number, step: number, values: Readonly<Record<string, number>>): Buffer {
  const summary = Writer.create();
  for (const [name, value] of Object.entries(values)) {
    const entry = Writer.create().uint32(tag.tag).string(name).uint32(tag.simpleValue).float(value).finish();
    summary.uint32(tag.value).bytes(entry);
  }
  const event = Writer.create().uint32(tag.wallTime).double(wallTime);
  if (step !== 0) event.uint32(tag.step).int64(step);
  return frame(event.uint32(tag.summary).bytes(summary.finish()).finish());
}

/** An event file that is being written. */
export interface ScalarLog {
  readonly path: string;
  /** Appends the scalars of one step, under the reference's tags (spec §6.10) or any other. */
  scalars(step: number, values: Readonly<Record<string, number>>): void;
  close(): void;
}

/**
 * Starts `events.out.tfevents.<seconds>.<hostname>` in `directory`, which is made where it is missing. A resumed run
 * starts a further file; TensorBoard reads all of a folder.
 */
export async function openScalarLog(directory: string): Promise<ScalarLog> {
  await mkdir(directory, { recursive: true });
  const { O_WRONLY, O_CREAT, O_EXCL, O_APPEND } = constants;
  for (let seconds = Math.floor(Date.now() / 1000); ; seconds++) {
    const path = join(directory, `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}`);
    let file: number;
    try {
      file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    const append = (record: Buffer): void => {
      for (let written = 0; written < record.length;) written += writeSync(file, record, written);
    };
    append(encodeFileVersion(Date.now() / 1000));
    return {
      path,
      scalars: (step, values) => append(encodeScalars(Date.now() / 1000, step, values)),
      close() {
        fsyncSync(file);
        closeSync(file);
      },
    };
  }
}
