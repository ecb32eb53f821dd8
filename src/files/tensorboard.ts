// Scalars, histograms and the graph for TensorBoard: an event file in TFRecord framing (checkpoint-formats §3), named as the reference names it.
import { closeSync, constants, fsyncSync, openSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Writer } from 'protobufjs/minimal';
import { maskedCrc32c } from './crc32c';
import { histogramOf, type Histogram } from './histogram';

/** Field number and wire type in one. */
const tag = {
  wallTime: 0x09,
  step: 0x10,
  fileVersion: 0x1a,
  summary: 0x2a,
  metaGraph: 0x4a,
  value: 0x0a,
  tag: 0x0a,
  simpleValue: 0x15,
  histogram: 0x2a,
};

/** Fields of a HistogramProto: five doubles, then the packed limits and counts. */
const histogramTag = { min: 0x09, max: 0x11, count: 0x19, sum: 0x21, sumOfSquares: 0x29, limits: 0x32, buckets: 0x3a };

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

/** A record with the graph of a `.meta` file, for TensorBoard's Graphs tab. */
export function encodeMetaGraph(wallTime: number, metaGraph: Uint8Array): Buffer {
  const event = Writer.create().uint32(tag.wallTime).double(wallTime);
  return frame(event.uint32(tag.metaGraph).bytes(metaGraph).finish());
}

function encodeSummary(wallTime: number, step: number, values: readonly Uint8Array[]): Buffer {
  const summary = Writer.create();
  for (const value of values) summary.uint32(tag.value).bytes(value);
  const event = Writer.create().uint32(tag.wallTime).double(wallTime);
  if (step !== 0) event.uint32(tag.step).int64(step);
  return frame(event.uint32(tag.summary).bytes(summary.finish()).finish());
}

/** One record with several scalars of one step. NaN and infinities are kept, as TensorFlow does. */
export function encodeScalars(wallTime: number, step: number, values: Readonly<Record<string, number>>): Buffer {
  const entries = Object.entries(values).map(([name, value]) =>
    Writer.create().uint32(tag.tag).string(name).uint32(tag.simpleValue).float(value).finish(),
  );
  return encodeSummary(wallTime, step, entries);
}

function packed(values: readonly number[]): Uint8Array {
  const writer = Writer.create();
  for (const value of values) writer.double(value);
  return writer.finish();
}

/** One record with several histograms of one step. */
export function encodeHistograms(wallTime: number, step: number, values: ReadonlyMap<string, Histogram>): Buffer {
  const entries = [...values].map(([name, { min, max, count, sum, sumOfSquares, bucketLimits, buckets }]) => {
    const writer = Writer.create();
    for (const [key, value] of Object.entries({ min, max, count, sum, sumOfSquares })) {
      writer.uint32(histogramTag[key as keyof typeof histogramTag]).double(value);
    }
    writer.uint32(histogramTag.limits).bytes(packed(bucketLimits));
    writer.uint32(histogramTag.buckets).bytes(packed(buckets));
    return Writer.create().uint32(tag.tag).string(name).uint32(tag.histogram).bytes(writer.finish()).finish();
  });
  return encodeSummary(wallTime, step, entries);
}

/** An event file that is being written. */
export interface SummaryLog {
  readonly path: string;
  /** Appends the scalars of one step, under the reference's tags (spec §6.10) or any other. */
  scalars(step: number, values: Readonly<Record<string, number>>): void;
  /** Appends the histograms of values of one step; values that are not all finite have none. */
  histograms(step: number, values: Iterable<readonly [name: string, values: ArrayLike<number>]>): void;
  /** Appends the graph of a `.meta` file. */
  metaGraph(bytes: Uint8Array): void;
  close(): void;
}

/**
 * Starts `events.out.tfevents.<seconds>.<hostname>` in `directory`, which is made where it is missing. A resumed run
 * starts a further file; TensorBoard reads all of a folder.
 */
export async function openSummaryLog(directory: string): Promise<SummaryLog> {
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
      histograms(step, values) {
        const made = new Map<string, Histogram>();
        for (const [name, array] of values) {
          const histogram = histogramOf(array);
          if (Number.isFinite(histogram.sumOfSquares)) made.set(name, histogram);
        }
        append(encodeHistograms(Date.now() / 1000, step, made));
      },
      metaGraph: (bytes) => append(encodeMetaGraph(Date.now() / 1000, bytes)),
      close() {
        fsyncSync(file);
        closeSync(file);
      },
    };
  }
}
