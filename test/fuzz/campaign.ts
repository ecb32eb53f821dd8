// Damaged files for one reader, one after another, each held against what must hold for all of them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { installationRoot } from '../../src/engine/installation';
import { UserError } from '../../src/protocol/errors';
import { type ForeignReader, type OpenReader, usualAllowance } from './foreignReader';
import { NamedRandom } from './random';
import { watchPaths } from './watchPaths';

export interface CampaignOptions {
  mutations: number;
  /** Index of the first file. */
  from?: number;
  seed: string;
  /** Empty; the reader works in it. */
  folder: string;
}

export interface CampaignResult {
  reader: string;
  mutations: number;
  /** Files that ended in a sentence. */
  refused: number;
  /** Files that could be read all the same. */
  read: number;
  /** Processor time of the slowest file. */
  slowestMilliseconds: number;
  /** Most bytes of heap and buffers that a file has brought. */
  largestBytes: number;
  /** One sentence for each file that broke a rule. */
  broken: string[];
}

const longestMilliseconds = 1000;
/** After so many a campaign has shown what it can. */
const mostBroken = 10;

function heldBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What is wrong with an error as an answer to a damaged file; undefined where it is right. */
function faultOfError(error: unknown, { tells, asWhole }: ForeignReader, folder: string): string | undefined {
  if (!(error instanceof UserError)) {
    return `no UserError: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  if (tells === 'never') return `it has no errors, but: ${error.sentence}`;
  if (!error.message.includes(folder)) return `the sentence names no file: ${error.sentence}`;
  const isLocated = /\bbyte \d|\d of (the )?\d+ bytes/.test(error.message) || asWhole?.test(error.message) === true;
  if (tells === 'offset' && !isLocated) return `the sentence names no byte: ${error.sentence}`;
  if (error.sentence.length > 4000) return `a sentence of ${error.sentence.length} characters`;
  return undefined;
}

/** The damaged file of this number. */
function damagedFile(reader: ForeignReader, files: readonly Buffer[], seed: string, index: number): Buffer {
  const random = new NamedRandom(`${seed}/${reader.name}/${index}`);
  return reader.damage(random.pick(files), random);
}

/** Reads `mutations` damaged files. */
export async function runCampaign(
  reader: ForeignReader,
  { mutations, from = 0, seed, folder }: CampaignOptions,
): Promise<CampaignResult> {
  const result: CampaignResult = {
    ...{ reader: reader.name, mutations: 0, refused: 0, read: 0 },
    ...{ slowestMilliseconds: 0, largestBytes: 0, broken: [] },
  };
  const files = await reader.files();
  // One level down, as a model may lie in a run, whose record is looked for.
  const inside = join(folder, 'inside');
  mkdirSync(inside);
  const outside = watchPaths(folder);
  const open = await reader.open(inside);
  try {
    // What a first file loads and compiles is not the file's.
    for (const bytes of files) await open.read(bytes);
    outside();
    for (let index = from; index < from + mutations && result.broken.length < mostBroken; index++) {
      const bytes = damagedFile(reader, files, seed, index);
      const fault = await readOne(reader, open, bytes, folder, result);
      const paths = outside();
      const isOutside = paths.length > 0 && reader.namesAnyPath !== true;
      const found = isOutside ? `asked for ${paths[0]}, outside of its folder` : fault;
      if (found !== undefined) result.broken.push(report(reader, seed, index, bytes, found));
    }
  } finally {
    await open.close?.();
  }
  return result;
}

async function readOne(
  reader: ForeignReader,
  open: OpenReader,
  bytes: Buffer,
  folder: string,
  result: CampaignResult,
): Promise<string | undefined> {
  let fault: string | undefined;
  // Held until its bytes are counted.
  const given: unknown[] = [];
  const [held, started] = [heldBytes(), cpuMilliseconds()];
  try {
    given.push(await open.read(bytes));
    result.read++;
  } catch (error) {
    fault = faultOfError(error, reader, folder);
    given.push(error);
    if (fault === undefined) result.refused++;
  }
  const milliseconds = cpuMilliseconds() - started;
  const taken = heldBytes() - held;
  given.length = 0;
  result.mutations++;
  result.slowestMilliseconds = Math.max(result.slowestMilliseconds, milliseconds);
  result.largestBytes = Math.max(result.largestBytes, taken);
  if (fault !== undefined) return fault;
  if (milliseconds > longestMilliseconds) return `took ${milliseconds.toFixed(0)} ms`;
  const most = 2 * bytes.length + (reader.allowance ?? usualAllowance);
  return taken > most ? `took ${taken} bytes of memory for a file of ${bytes.length}` : undefined;
}

/** Keeps the file, and says how to read it again. */
function report(reader: ForeignReader, seed: string, index: number, bytes: Buffer, fault: string): string {
  const kept = join(installationRoot(), 'build', 'fuzz', `${reader.name.replace(/\W+/g, '-')}-${seed}-${index}`);
  mkdirSync(join(kept, '..'), { recursive: true });
  writeFileSync(kept, bytes);
  const again = `npm run fuzz -- "${reader.name}" --seed=${seed} --from=${index} --mutations=1`;
  return `${reader.name}: ${fault}\n  file ${kept}\n  again: ${again}`;
}
