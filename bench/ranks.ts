/**
 * Training steps of Inception-ResNet-v1 on two ranks of one thread each against one rank of one thread, with as many images
 * for each rank: from cached activations with the last block on, and the whole network; and against two trainings side by side that know
 * nothing of each other, which is what the machine's two cores, their memory and what else they do allow. On TensorFlow where
 * FACENET_ENGINE names it, else on WebAssembly; they take turns, and what is told is the median of the rounds. Beside
 * it the time to add up as many numbers as the whole network has gradients. Needs an mpirun: that of FACENET_BENCH_MPIRUN,
 * else of .venv/mpi/mpich. FACENET_BENCH_BATCH (16) is the images of a rank, FACENET_BENCH_ROUNDS (5) the rounds.
 */
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { openTrainingEngine } from '../src/engine/trainingEngine';
import { Communicator } from '../src/mpi/communicator';
import type { Ranks } from '../src/mpi/ranks';
import { StepExchange } from '../src/train/step/exchange';
import type { Measurement } from './measurement';
import { answerSteps, timedProcess, type TimedProcess } from './subjects/timedProcess';
import { median, openTrainer } from './subjects/trainer';

const batch = Number(process.env['FACENET_BENCH_BATCH'] ?? 16);
const rounds = Number(process.env['FACENET_BENCH_ROUNDS'] ?? 5);
const size = 2;
/** Trained variables of the whole network. */
const gradients = 23_500_000;

const losses = { weightDecay: 5e-4, prelogitsNormLossFactor: 5e-4, keepProbability: 0.8 };
const subjects = {
  'last block on, from cached activations': {
    trainableFrom: 'LastBlock',
    classes: 100,
    batchNorm: 'frozen',
    ...losses,
  },
  'the whole network': { trainableFrom: 'All', classes: 100, batchNorm: 'update', ...losses },
} as const;
type SubjectName = keyof typeof subjects;
const sumName = 'sum';

/** Runs in a process of its own, or in one for each rank: rank 0 is asked for a step and asks the others. */
export async function serve(subject: SubjectName | typeof sumName, isShared: boolean): Promise<void> {
  const ranks = isShared ? await openRanks() : undefined;
  const step = subject === sumName ? sumOf(ranks!) : await stepOf(subject, ranks);
  if (ranks === undefined) return answerSteps(step);
  const go = new Float32Array(1);
  if (ranks.rank === 0) {
    await answerSteps(async () => {
      await ranks.share(go.fill(1));
      return step();
    });
    await ranks.share(go.fill(0));
  } else for (await ranks.share(go); go[0] === 1; await ranks.share(go)) await step();
  ranks.finalize();
}

async function openRanks(): Promise<Communicator> {
  const { signal } = new AbortController();
  return Communicator.open({ launcher: 'mpirun', tasks: size, localRank: undefined }, process.env, { signal });
}

async function stepOf(name: SubjectName, ranks: Ranks | undefined): Promise<() => Promise<number>> {
  const { tf } = await openTrainingEngine(process.env['FACENET_ENGINE'] === undefined ? 'wasm' : 'cpu');
  const exchange = ranks && new StepExchange(ranks);
  return openTrainer(tf, { ...subjects[name], batchSize: batch, exchange }).step;
}

/** Seconds in which the ranks add up the gradients of a step, when all have come. */
function sumOf(ranks: Ranks): () => Promise<number> {
  const values = new Float32Array(gradients).fill(1e-3);
  return async () => {
    await ranks.meet();
    const started = performance.now();
    await ranks.sum(values);
    return (performance.now() - started) / 1000;
  };
}

function started(subject: string, mpirun: string | undefined): TimedProcess {
  const isShared = mpirun !== undefined;
  const code = `require(${JSON.stringify(__filename)}).serve(${JSON.stringify(subject)}, ${isShared})`;
  const environment = {
    ...{ FACENET_WASM_THREADS: '1', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' },
    ...{ OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  };
  return isShared
    ? timedProcess(mpirun, ['-n', `${size}`, process.execPath, '-e', code], environment)
    : timedProcess(process.execPath, ['-e', code], environment);
}

export async function run(): Promise<Measurement[]> {
  const mpirun = process.env['FACENET_BENCH_MPIRUN'] ?? resolve('.venv/mpi/mpich/bin/mpirun');
  if (!existsSync(mpirun))
    return [
      { name: 'skipped', value: 0, unit: '', note: `needs ${mpirun}; FACENET_BENCH_MPIRUN names another mpirun` },
    ];
  const engine = process.env['FACENET_ENGINE'] === undefined ? 'WebAssembly' : 'TensorFlow';
  const load = `load ${loadavg()[0]!.toFixed(1)} before`;
  const sum = started(sumName, mpirun);
  await sum.step();
  const sums: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) sums.push(await sum.step());
  sum.end();
  const results: Measurement[] = [
    { name: `sum of ${gradients / 1e6} M floats, ${size} ranks`, value: 1000 * median(sums), unit: 'ms', note: load },
  ];
  for (const name of Object.keys(subjects)) {
    const [alone, other, together] = [started(name, undefined), started(name, undefined), started(name, mpirun)];
    const times: Record<'alone' | 'beside' | 'together' | 'aloneCpu' | 'togetherCpu', number>[] = [];
    // The first step of each allocates.
    for (const side of [alone, other, together]) await side.step();
    for (let round = 0; round < rounds; round++) {
      const single = { alone: await alone.step(), aloneCpu: alone.cpu() };
      const both = await Promise.all([alone.step(), other.step()]);
      times.push({
        ...{ ...single, beside: Math.max(...both) },
        ...{ together: await together.step(), togetherCpu: together.cpu() },
      });
    }
    for (const side of [alone, other, together]) side.end();
    const note = `batch ${batch} for each rank, ${engine}, one thread each`;
    const seconds = (of: (one: (typeof times)[0]) => number): number => median(times.map(of));
    const cpu = (['aloneCpu', 'togetherCpu'] as const).map((of) => seconds((one) => one[of]).toFixed(2)).join(' and ');
    const told = (of: (one: (typeof times)[0]) => number): string => times.map((one) => of(one).toFixed(2)).join(', ');
    results.push(
      { name: `${name}: one rank`, value: seconds((one) => one.alone), unit: 's', note },
      { name: '  two ranks', value: seconds((one) => one.together), unit: 's', note },
      {
        name: '  two that do not know each other',
        value: seconds((one) => one.beside),
        unit: 's',
        note: `of one's rate each ${told((one) => one.alone / one.beside)}: what this machine allows`,
      },
      {
        name: '  efficiency',
        value: seconds((one) => one.alone / one.together),
        unit: '',
        note: `rounds ${told((one) => one.alone / one.together)}; aim 0.85`,
      },
      {
        name: '  efficiency beside those two',
        value: seconds((one) => one.beside / one.together),
        unit: '',
        note: `rounds ${told((one) => one.beside / one.together)}: what sharing the steps costs`,
      },
      {
        name: '  efficiency by time on cores',
        value: seconds((one) => one.aloneCpu / one.togetherCpu),
        unit: '',
        note: `without what ranks wait for: ${cpu} s`,
      },
    );
  }
  return results;
}
