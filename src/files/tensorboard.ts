// Scalars, histograms and the graph for TensorBoard: an event file in TFRecord framing (checkpoint-formats §3), named as the reference names it.
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Writer } from 'protobufjs/minimal';
import { AppendedFile } from './appendedFile';
import { maskedCrc32c } from './crc32c';
import { EventClock } from './eventClock';
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
  /** Writes what waits. @throws the system's error where the disk is still away */
  write(): void;
  /** Flushes what has been written to the disk. */
  close(): void;
}

/**
 * Starts `events.out.tfevents.<seconds>.<hostname>` in `directory`, which is made where it is missing. A resumed run
 * starts a further file; TensorBoard reads all of a folder in the order of their names, so the seconds are more than
 * those of the files before, wherever the clock was set. Each record is whole or absent, and waits for a disk that is away.
 */
export async function openSummaryLog(directory: string): Promise<SummaryLog> {
  await mkdir(directory, { recursive: true });
  const before = (await readdir(directory)).map((name) =>
    Number(/^events\.out\.tfevents\.(\d+)\./.exec(name)?.[1] ?? 0),
  );
  for (let seconds = Math.max(Math.floor(Date.now() / 1000), ...before.map((one) => one + 1)); ; seconds++) {
    const path = join(directory, `events.out.tfevents.${String(seconds).padStart(10, '0')}.${hostname()}`);
    try {
      closeSync(openSync(path, 'wx'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    return summaryLog(new AppendedFile(path, 'records'));
  }
}

function summaryLog(file: AppendedFile): SummaryLog {
  const clock = new EventClock();
  const now = (): number => clock.now() / 1000;
  file.append(encodeFileVersion(now()));
  return {
    path: file.path,
    scalars: (step, values) => file.append(encodeScalars(now(), step, values)),
    histograms(step, values) {
      const made = new Map<string, Histogram>();
      for (const [name, array] of values) {
        const histogram = histogramOf(array);
        if (Number.isFinite(histogram.sumOfSquares)) made.set(name, histogram);
      }
      file.append(encodeHistograms(now(), step, made));
    },
    metaGraph: (bytes) => file.append(encodeMetaGraph(now(), bytes)),
    write: () => file.write(),
    close: () => file.flush(),
  };
}
