/**
 * What each loss head is worth: the starter fine-tuned on people of LFW, measured on images of them that were held out and on
 * pairs of people that were not trained on. `npm run bench -- heads` takes about twenty minutes; docs/heads.md keeps the table.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { starterNetwork } from '../src/checkpoint/starter';
import type { HeadName } from '../src/protocol/settings/headDefaults';
import { defaultPhases } from '../src/train/settings/defaultPhases';
import { lfwChips } from '../test/fixtures/lfwChips';
import { skipWithoutShared } from '../test/fixtures/shared';
import type { Measurement } from './measurement';
import { type FineTuning, fineTuneStarter } from './subjects/fineTuning';
import { type Group, type Split, splitPeople } from './subjects/people';
import { type Worth, worthOf } from './subjects/worth';

/** They decide people, images, pairs and training. */
const seeds = [1, 2, 3];

const groups: readonly Group[] = [
  { name: '20', people: 20, fewestImages: 8, pairsPerFold: 20 },
  { name: '150', people: 150, fewestImages: 3, pairsPerFold: 30 },
  { name: '350', people: 350, fewestImages: 2, pairsPerFold: 30 },
];

/** The phases are those that the wizard and the command line give a head. */
function usual(head: HeadName, settings: Partial<FineTuning> = {}): FineTuning {
  return { head, phases: defaultPhases(true, starterNetwork().name, head), ...settings };
}

const heads: Record<string, FineTuning> = {
  softmax: usual('softmax'),
  // The reference's factor of 0.01 changes no digit on prelogits as short as the starter's.
  'softmax + centre': usual('softmax', { centerLossFactor: 10, centerLossAlfa: 0.9 }),
  triplet: usual('triplet'),
  CosFace: usual('cosface'),
  ArcFace: usual('arcface'),
  'sub-centre ArcFace': usual('subcenter'),
};

/** What the table tells, parts of 1. */
const columns: [name: string, of: (worth: Worth) => number][] = [
  ['held-out: rank 1', ({ rankOne }) => rankOne],
  ['held-out: accuracy', ({ heldOut }) => heldOut.accuracy.mean],
  ['held-out: VAL', ({ heldOut }) => heldOut.validationRate],
  ['outsiders: accuracy', ({ outsiders }) => outsiders.accuracy.mean],
  ['outsiders: VAL', ({ outsiders }) => outsiders.validationRate],
];

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Per cent, with the deviation over the seeds. */
function summary(values: readonly number[]): { mean: number; text: string } {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (values.length - 1));
  return { mean: 100 * mean, text: `${(100 * mean).toFixed(2)} ± ${(100 * deviation).toFixed(2)}` };
}

function tableRow(group: Group, head: string, worths: readonly Worth[], seconds: string): string {
  const figures = columns.map(([, of]) => summary(worths.map(of)).text);
  return `| ${[group.name, head, ...figures, seconds].join(' | ')} |`;
}

/** The models before and after each head's training on the people of a group; rows of the table are printed as they come. */
async function measureGroup(faces: string, folder: string, group: Group): Promise<Measurement[]> {
  const runs = join(folder, 'runs');
  const splits: Split[] = [];
  const before: Worth[] = [];
  for (const seed of seeds) {
    const split = await splitPeople(faces, join(folder, `${group.name}-${seed}`), group, seed);
    splits.push(split);
    before.push(await worthOf('starter', faces, split, join(runs, `${group.name}-before-${seed}`)));
  }
  const foldDeviation = meanOf(before.map(({ outsiders }) => outsiders.accuracy.std));
  console.error(tableRow(group, 'before', before, `outsiders’ fold deviation ${(100 * foldDeviation).toFixed(2)}`));

  const measurements: Measurement[] = [];
  for (const [head, settings] of Object.entries(heads)) {
    const after: Worth[] = [];
    const seconds: number[] = [];
    for (const [index, seed] of seeds.entries()) {
      const runFolder = join(runs, `${group.name}-${head}-${seed}`);
      const trained = await fineTuneStarter(splits[index]!.dataDir, { ...settings, seed }, runFolder);
      after.push(await worthOf(trained.model, faces, splits[index]!, runFolder));
      seconds.push(trained.seconds);
    }
    console.error(tableRow(group, head, after, meanOf(seconds).toFixed(1)));
    for (const [name, of] of columns) {
      const { mean, text } = summary(after.map(of));
      const note = `${text} over ${seeds.length} seeds, before ${summary(before.map(of)).text}`;
      measurements.push({ name: `${group.name} people, ${head}: ${name}`, value: mean, unit: '%', note });
    }
  }
  return measurements;
}

export async function run(): Promise<Measurement[]> {
  const skip = skipWithoutShared('data', 'lfw');
  if (skip !== false) throw new Error(skip);
  const faces = await lfwChips();
  const folder = mkdtempSync(join(tmpdir(), 'facenet-bench-'));
  console.error(`| people | head | ${columns.map(([name]) => name).join(' | ')} | seconds of training |`);
  console.error(`| --- | --- | ${columns.map(() => '---').join(' | ')} | --- |`);
  try {
    const measurements: Measurement[] = [];
    for (const group of groups) measurements.push(...(await measureGroup(faces, folder, group)));
    return measurements;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
