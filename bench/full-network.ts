/**
 * One training step of the whole Inception-ResNet-v1 (nothing frozen, batch statistics, Adam, weight decay, dropout) at
 * batch 90: our loop on TensorFlow's addon and, in the same run and turn by turn, the same network, losses and optimizer
 * written for Python's TensorFlow (full_network.py). Needs FACENET_ENGINE and a Python with TensorFlow (.venv, or
 * FACENET_PYTHON); says so where one is missing. FACENET_BENCH_BATCH and FACENET_BENCH_ROUNDS change the size.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { openTrainingEngine } from '../src/engine/trainingEngine';
import type { Measurement } from './measurement';
import { median, openTrainer } from './subjects/trainer';

const batch = Number(process.env['FACENET_BENCH_BATCH'] ?? 90);
const rounds = Number(process.env['FACENET_BENCH_ROUNDS'] ?? 3);
const classes = 100;

/** Peak of the resident set of a process, bytes; Linux only. */
function peakMemory(pid: number | 'self'): number {
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}

/** Python's side: answers each line on its standard input with the seconds of one step. */
function python(): { step(): Promise<number>; peak(): number; end(): void } | undefined {
  const program = process.env['FACENET_PYTHON'] ?? resolve('.venv/bin/python');
  if (!existsSync(program)) return undefined;
  const child = spawn(program, [resolve('bench/full_network.py'), String(batch), String(classes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '-1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async step() {
      child.stdin.write('step\n');
      const { value, done } = await lines.next();
      if (done === true) throw new Error('full_network.py has ended');
      return Number(value);
    },
    peak: () => peakMemory(child.pid!),
    end: () => child.stdin.end(),
  };
}

async function openOurs(): Promise<() => Promise<number>> {
  const { tf, description } = await openTrainingEngine('cpu');
  process.stderr.write(`${description}\n`);
  const losses = { weightDecay: 5e-4, prelogitsNormLossFactor: 5e-4, keepProbability: 0.8 };
  return openTrainer(tf, { trainableFrom: 'All', classes, batchSize: batch, batchNorm: 'update', ...losses }).step;
}

export async function run(): Promise<Measurement[]> {
  if (process.env['FACENET_ENGINE'] === undefined) {
    return [{ name: 'skipped', value: 0, unit: '', note: 'needs FACENET_ENGINE (scripts/buildTensorflowAddon.mjs)' }];
  }
  const theirs = python();
  const ours = await openOurs();
  // The first step of each allocates and, in Python, builds the graph.
  await ours();
  await theirs?.step();
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.ours.push(await ours());
    if (theirs !== undefined) times.theirs.push(await theirs.step());
  }
  const gigabytes = (bytes: number): number => bytes / 1e9;
  const results: Measurement[] = [
    { name: 'our step', value: median(times.ours), unit: 's', note: `batch ${batch}` },
    { name: 'our peak memory', value: gigabytes(peakMemory('self')), unit: 'GB' },
  ];
  if (theirs === undefined) {
    return [...results, { name: "Python's step", value: 0, unit: '', note: 'skipped: no Python with TensorFlow' }];
  }
  results.push(
    { name: "Python's step", value: median(times.theirs), unit: 's', note: 'graph mode' },
    { name: "Python's peak memory", value: gigabytes(theirs.peak()), unit: 'GB' },
    { name: 'speed against Python', value: median(times.theirs) / median(times.ours), unit: '×', note: 'aim 0.8' },
  );
  theirs.end();
  return results;
}
