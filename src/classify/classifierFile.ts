import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../files/atomicFile';
import { type ClassifierFile, classifierFileSchema } from '../protocol/classifier';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';
import { pairsOf } from './coupling';
import type { PairwiseSvm } from './pairwiseSvm';

/** What a classifier is, with its machine as numbers. */
export interface Classifier extends Omit<ClassifierFile, 'version' | 'kind' | 'machine' | 'sha256'> {
  readonly machine: PairwiseSvm;
}

const base64 = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

function bytesOf(text: string): ArrayBuffer {
  const bytes = Buffer.from(text, 'base64');
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

/** Holds a file against what it was when it was written. */
function digestOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** Writes a classifier whole; what stands at `path` is replaced. */
export async function writeClassifier(path: string, classifier: Classifier): Promise<void> {
  const { createdAt, model, recipe, people, cost, seed, unknown, trainedFrom, machine } = classifier;
  const content = {
    version: 1,
    kind: 'facenet-classifier',
    ...{ createdAt, model, recipe, people, cost, seed },
    ...(unknown !== undefined && { unknown }),
    ...(trainedFrom !== undefined && { trainedFrom }),
    machine: {
      supportCounts: machine.supportCounts,
      support: base64(Float32Array.from(machine.support.data)),
      coefficients: base64(machine.coefficients),
      bias: base64(machine.bias),
      slope: base64(machine.slope),
      offset: base64(machine.offset),
    },
  } as const;
  await writeFileAtomic(path, `${JSON.stringify({ ...content, sha256: digestOf(content) })}\n`);
}

/**
 * Reads a classifier.
 * @throws UserError where the file is missing, is a pickle of the Python script or something else, or was changed by hand
 */
export async function readClassifier(path: string): Promise<Classifier> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      cause.code === 'ENOENT' ? `There is no classifier ${path}.` : `The classifier ${path} cannot be read.`,
      'Train one with facenet classifier TRAIN.',
      { cause },
    );
  });
  const trainAgain = 'Train it again with facenet classifier TRAIN.';
  // Pickles of Python 3 begin with their protocol, those of Python 2 with a mark; JSON with a brace.
  if (bytes[0] === 0x80 || bytes[0] === 0x28) {
    throw new UserError(`${path} is a pickle of the Python script, which is not run here.`, trainAgain);
  }
  let file: ClassifierFile;
  let content: { sha256?: unknown };
  try {
    content = JSON.parse(bytes.toString('utf8')) as { sha256?: unknown };
    file = classifierFileSchema.parse(content);
  } catch (cause) {
    throw new UserError(`${path} is no classifier: ${jsonFault(cause)}.`, trainAgain, { cause });
  }
  const { sha256, ...rest } = content;
  if (digestOf(rest) !== sha256) {
    throw new UserError(`${path} was changed after it was written: its names and numbers belong together.`, trainAgain);
  }
  const classifier = { ...file, machine: machineOf(file) };
  if (!fits(classifier)) throw new UserError(`${path} is no classifier: its numbers do not fit together.`, trainAgain);
  return classifier;
}

function machineOf({ machine, model }: ClassifierFile): PairwiseSvm {
  const doubles = (text: string): Float64Array => new Float64Array(wholeBytes(text, 8));
  return {
    support: {
      data: Float64Array.from(new Float32Array(wholeBytes(machine.support, 4))),
      dimension: model.embeddingSize,
    },
    supportCounts: machine.supportCounts,
    coefficients: doubles(machine.coefficients),
    bias: doubles(machine.bias),
    slope: doubles(machine.slope),
    offset: doubles(machine.offset),
  };
}

/** Bytes of whole numbers; what is left over is told by the length, which then does not fit. */
function wholeBytes(text: string, size: number): ArrayBuffer {
  const bytes = bytesOf(text);
  return bytes.slice(0, bytes.byteLength - (bytes.byteLength % size));
}

function fits({ people, machine }: Classifier): boolean {
  const classes = people.length;
  const rows = machine.supportCounts.reduce((sum, count) => sum + count, 0);
  const pairs = pairsOf(classes);
  return (
    machine.supportCounts.length === classes &&
    machine.support.data.length === rows * machine.support.dimension &&
    machine.coefficients.length === rows * (classes - 1) &&
    [machine.bias, machine.slope, machine.offset].every(({ length }) => length === pairs)
  );
}
