/**
 * One training step of the whole Inception-ResNet-v1 (nothing frozen, batch statistics, Adam, weight decay, dropout) at
 * batch 90 on TensorFlow's addon: as one call of a graph, operation by operation and, in the same run and turn by turn,
 * the same network, losses and optimizer written for Python's TensorFlow (full_network.py). Needs FACENET_ENGINE and a
 * Python with TensorFlow (.venv, or FACENET_PYTHON); says so where one is missing. FACENET_BENCH_BATCH,
 * FACENET_BENCH_HEATS and FACENET_BENCH_ROUNDS change the size.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { openTrainingEngine } from '../src/engine/trainingEngine';
import type { Measurement } from './measurement';
import { answerSteps, timedProcess, type TimedProcess } from './subjects/timedProcess';
import { median, openTrainer, type StepName } from './subjects/trainer';

const batch = Number(process.env['FACENET_BENCH_BATCH'] ?? 90);
const heats = Number(process.env['FACENET_BENCH_HEATS'] ?? 5);
const rounds = Number(process.env['FACENET_BENCH_ROUNDS'] ?? 3);
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

const interpreter = process.env['FACENET_PYTHON'] ?? resolve('.venv/bin/python');
const python = existsSync(interpreter)
  ? (): TimedProcess => {
      const args = [resolve('bench/full_network.py'), String(batch), String(classes)];
      return timedProcess(interpreter, args, { TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '-1' });
    }
  : undefined;

/** What was measured of one way to make the step, a value for each heat. */
interface Side {
  name: string;
  start: () => TimedProcess;
  /** Seconds of a step, and those of all cores together. */
  seconds: number[];
  cpu: number[];
  /** Seconds that the first step took longer. */
  before: number[];
  /** Bytes. */
  peak: number[];
}

const side = (name: string, start: () => TimedProcess): Side => ({
  ...{ name, start, seconds: [], cpu: [], before: [], peak: [] },
});

/**
 * All sides in new processes: where in memory one lies makes its steps some percent longer or shorter for as long as it
 * lives, so that more steps of it tell no more.
 */
async function runHeat(sides: readonly Side[]): Promise<void> {
  const running: { of: Side; process: TimedProcess; first: number; times: number[]; cpu: number[] }[] = [];
  for (const of of sides) {
    const process = of.start();
    // It allocates and writes or traces its graph, while no other one starts.
    running.push({ of, process, first: await process.step(), times: [], cpu: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { process, times, cpu } of round % 2 === 0 ? running : running.toReversed()) {
      // A step counts that comes after one of the same process, as in a training; in turns back and forth only the outer
      // ones would have some of those.
      await process.step();
      times.push(await process.step());
      cpu.push(process.cpu());
    }
  }
  for (const { of, process, first, times, cpu } of running) {
    of.seconds.push(median(times));
    of.cpu.push(median(cpu));
    of.before.push(first - median(times));
    of.peak.push(process.peak());
    process.end();
  }
}

export async function run(): Promise<Measurement[]> {
  if (process.env['FACENET_ENGINE'] === undefined) {
    return [{ name: 'skipped', value: 0, unit: '', note: 'needs FACENET_ENGINE (scripts/buildTensorflowAddon.mjs)' }];
  }
  const [eager, graph] = [side('operation by operation', () => ours('eager')), side('as a graph', () => ours('graph'))];
  const reference = python === undefined ? undefined : side("Python's", python);
  // The graph's step has both of the others beside it in time.
  const sides = [eager, graph, ...(reference === undefined ? [] : [reference])];
  for (let heat = 0; heat < heats; heat++) await runHeat(sides);
  /** Heat by heat, so that what else the machine does weighs on both. */
  const faster = ({ seconds }: Side): number => median(seconds.map((one, heat) => one / graph.seconds[heat]!));
  const each = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(', ');
  return [
    ...sides.flatMap(({ name, seconds, cpu, before, peak }) => [
      { name, value: median(seconds), unit: 's', note: `a step of ${batch}, median of ${each(seconds)}` },
      { name: '  of all cores', value: median(cpu), unit: 's' },
      { name: '  peak memory', value: Math.max(...peak) / 1e9, unit: 'GB' },
      { name: '  before its first step', value: median(before), unit: 's', note: `median of ${each(before)}` },
    ]),
    { name: 'graph against operations', value: faster(eager), unit: '×', note: 'median of the heats; aim 1.2' },
    reference === undefined
      ? { name: "Python's", value: 0, unit: '', note: 'skipped: no Python with TensorFlow' }
      : { name: 'graph against Python', value: faster(reference), unit: '×', note: 'median of the heats; aim 1.0' },
  ];
}
