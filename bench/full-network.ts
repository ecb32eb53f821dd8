/**
 * One training step of the whole Inception-ResNet-v1 (nothing frozen, batch statistics, Adam, weight decay, dropout) at
 * batch 90 on TensorFlow's addon: as one call of a graph, operation by operation and, in the same run and turn by turn,
 * the same network, losses and optimizer written for Python's TensorFlow (full_network.py). Needs FACENET_ENGINE and a
 * Python with TensorFlow (.venv, or FACENET_PYTHON); says so where one is missing. FACENET_BENCH_BATCH and
 * FACENET_BENCH_ROUNDS change the size.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { openTrainingEngine } from '../src/engine/trainingEngine';
import type { Measurement } from './measurement';
import { answerSteps, timedProcess, type TimedProcess } from './subjects/timedProcess';
import { median, openTrainer, type StepName } from './subjects/trainer';

const batch = Number(process.env['FACENET_BENCH_BATCH'] ?? 90);
const rounds = Number(process.env['FACENET_BENCH_ROUNDS'] ?? 9);
const classes = 100;

/** Runs in a process of its own. */
export async function serve(steps: StepName): Promise<void> {
  const { tf } = await openTrainingEngine('cpu');
  const losses = { weightDecay: 5e-4, prelogitsNormLossFactor: 5e-4, keepProbability: 0.8 };
  const subject = { trainableFrom: 'All', classes, batchSize: batch, batchNorm: 'update', ...losses } as const;
  await answerSteps(openTrainer(tf, subject, steps).step);
}

function ours(steps: StepName): TimedProcess {
  const program = `require(${JSON.stringify(__filename)}).serve(${JSON.stringify(steps)})`;
  return timedProcess(process.execPath, ['-e', program], {});
}

function python(): TimedProcess | undefined {
  const program = process.env['FACENET_PYTHON'] ?? resolve('.venv/bin/python');
  if (!existsSync(program)) return undefined;
  const args = [resolve('bench/full_network.py'), String(batch), String(classes)];
  return timedProcess(program, args, { TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '-1' });
}

interface Side {
  name: string;
  process: TimedProcess;
  first: number;
  /** Seconds of each round, and those of all cores together. */
  times: number[];
  cpu: number[];
}

export async function run(): Promise<Measurement[]> {
  if (process.env['FACENET_ENGINE'] === undefined) {
    return [{ name: 'skipped', value: 0, unit: '', note: 'needs FACENET_ENGINE (scripts/buildTensorflowAddon.mjs)' }];
  }
  const sides: Side[] = [];
  const add = async (name: string, process: TimedProcess): Promise<void> => {
    // It allocates and writes or traces its graph, while no other one starts.
    sides.push({ name, process, first: await process.step(), times: [], cpu: [] });
  };
  await add('a step as a graph', ours('graph'));
  await add('operation by operation', ours('eager'));
  const theirs = python();
  if (theirs !== undefined) await add("Python's step", theirs);
  const [graph, eager, reference] = sides;
  // The graph's step has both of the others beside it in time, and each of them before it in every other round.
  const order = [eager!, graph!, ...(reference === undefined ? [] : [reference])];
  for (let round = 0; round < rounds; round++) {
    for (const { process, times, cpu } of round % 2 === 0 ? order : order.toReversed()) {
      times.push(await process.step());
      cpu.push(process.cpu());
    }
  }
  // Round by round, so that what else the machine does weighs on both.
  const faster = ({ times }: { times: readonly number[] }): number =>
    median(times.map((seconds, round) => seconds / graph!.times[round]!));
  const results: Measurement[] = [
    ...sides.flatMap(({ name, process, first, times, cpu }) => [
      {
        name,
        value: median(times),
        unit: 's',
        note: `batch ${batch}, median of ${times.map((seconds) => seconds.toFixed(1)).join(', ')}`,
      },
      { name: '  of all cores', value: median(cpu), unit: 's' },
      { name: '  peak memory', value: process.peak() / 1e9, unit: 'GB' },
      {
        name: '  before its first step',
        value: first - median(times),
        unit: 's',
        note: 'the first step less the median',
      },
    ]),
    { name: 'graph against operations', value: faster(eager!), unit: '×', note: 'median of the rounds; aim 1.2' },
    reference === undefined
      ? { name: "Python's step", value: 0, unit: '', note: 'skipped: no Python with TensorFlow' }
      : { name: 'graph against Python', value: faster(reference), unit: '×', note: 'median of the rounds; aim 1.0' },
  ];
  for (const { process } of sides) process.end();
  return results;
}
