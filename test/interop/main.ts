// The Node side of the interoperability tests: `write FOLDER` leaves files for Python, `read FOLDER` says as JSON what it
// finds in files that Python has left.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bundle } from '../../src/checkpoint/bundle';
import { writeCheckpointState } from '../../src/checkpoint/checkpointState';
import { openModel } from '../../src/checkpoint/model';
import { readNpy, toFloat64, writeNpy } from '../../src/checkpoint/npy';
import type { WritableTensor } from '../../src/checkpoint/tensorInfo';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { evaluatePairs } from '../../src/evaluate/evaluatePairs';
import { logitsStage } from '../../src/network/classifiers';
import { describe } from '../../src/network/describe';
import { metaGraph } from '../../src/network/graphdef/exportGraph';
import { networkByName } from '../../src/network/registry';
import { describeError } from '../../src/protocol/errors';
import { openSummaryLog } from '../../src/files/tensorboard';
import { readMetaGraph } from '../fixtures/metaGraph';
import { regenerableTensor, regenerableWeights } from '../fixtures/regenerableWeights';
import { writeClassifierAnswers } from './classifier';
import { readFrozenNetworks, writeGraphs } from './graphs';
import { writeMargins } from './margins';
import { writeStepForPython } from './stepGraph';
import { readTriplets } from './triplets';
import { histogramValues, readFilter, writeOptimizers, writeStatistics } from './training';

async function write(folder: string): Promise<void> {
  const models = join(folder, 'models');
  const network = networkByName('squeezenet', { embeddingSize: 32 });
  const weights = regenerableWeights(describe(network, { classes: 3 }).variables);
  const tensors = new Map<string, WritableTensor>(weights);
  // What a resume needs, under TensorFlow's names.
  for (const [name, { shape }] of weights) {
    tensors.set(`${name}/Adam`, regenerableTensor(`${name}/Adam`, shape));
    tensors.set(`${name}/Adam_1`, regenerableTensor(`${name}/Adam_1`, shape));
  }
  tensors.set('global_step', { shape: [], data: BigInt64Array.of(2n ** 40n + 1n) });
  tensors.set('beta1_power', { shape: [], data: Float32Array.of(0.9) });
  const stems = ['model-ours.ckpt-41', 'model-ours.ckpt-42'];
  for (const stem of stems) await writeCheckpoint(join(models, stem), tensors);
  await writeCheckpointState(models, stems);

  // More names than one block of the index holds.
  const many = Array.from({ length: 10_000 }, (_, i): [string, WritableTensor] => [
    `scope_${i % 7}/a rather long name of a variable, ünïcode too/${i}`,
    { shape: [1, 2], data: Float32Array.of(i, -i) },
  ]);
  await writeCheckpoint(join(folder, 'many'), new Map(many));

  await writeNpy(join(folder, 'float64.npy'), { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 1 / 3) });
  await writeNpy(join(folder, 'float32.npy'), { shape: [3], data: Float32Array.of(1, 2, 1 / 3) });
  await writeNpy(join(folder, 'int64.npy'), { shape: [2], data: BigInt64Array.of(-1n, 2n ** 60n) });
  await writeNpy(join(folder, 'strings.npy'), ['Ann', 'Žofie 🙂', '']);

  const log = await openSummaryLog(join(folder, 'logs'));
  for (let step = 0; step < 5; step++)
    log.scalars(step, { 'lfw/accuracy': step / 8, total_loss_1: step === 3 ? NaN : step });
  log.histograms(3, [['Logits/weights_1', histogramValues()]]);
  log.metaGraph(metaGraph(network, { head: [logitsStage(3)] }).bytes);
  log.close();
  await writeStatistics(join(folder, 'stat.h5'));
  await writeOptimizers(join(folder, 'optimizers.json'));

  await writeGraphs(join(folder, 'graphs'));
  await writeMargins(join(folder, 'margins'));
  await writeStepForPython(join(folder, 'step'));
  await writeClassifierAnswers(join(folder, 'classifier'));
}

/** Everything that can be said about a checkpoint or frozen graph, values as doubles, or the error of a variable. */
async function contents(path: string): Promise<unknown> {
  const model = await openModel(path);
  const variables = [];
  for (const { name, dtype, shape } of model.variables) {
    const values = await model.readDoubles(name).then((doubles) => [...doubles], describeError);
    variables.push({ name, dtype, shape, values });
  }
  return { kind: model.kind, step: model.step, variables };
}

async function read(folder: string): Promise<unknown> {
  const embeddings = await readNpy(join(folder, 'embeddings.npy'));
  const same = await readNpy(join(folder, 'same.npy'));
  const evaluations = [0, 1].flatMap((metric) =>
    [false, true].map((subtractMean) => {
      const options = { folds: 10, distanceMetric: metric as 0 | 1, subtractMean };
      const pairs = { data: toFloat64(embeddings), dimension: embeddings.shape[1]! };
      const result = evaluatePairs(pairs, [...toFloat64(same)].map(Boolean), options);
      const { accuracy, validation, auc, eer } = result;
      return { metric, subtractMean, accuracy, validation, auc, eer };
    }),
  );
  return {
    checkpoint: await contents(join(folder, 'saved')),
    compressed: await contents(join(folder, 'compressed')),
    sharded: (await Bundle.open(join(folder, 'sharded'))).entries.map(({ name, shape }) => ({ name, shape })),
    shardedValues: [...(await (await Bundle.open(join(folder, 'sharded'))).readDoubles('b'))],
    frozen: await contents(join(folder, 'frozen.pb')),
    frozenNetworks: await readFrozenNetworks(join(folder, 'graphs')),
    meta: await readMetaGraph(join(folder, 'saved', 'model-theirs.ckpt-7.meta')),
    fortran: [...toFloat64(await readNpy(join(folder, 'fortran.npy')))],
    evaluations,
    filter: await readFilter(folder),
    triplets: await readTriplets(folder),
  };
}

async function main([command, folder]: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Error('usage: main write|read FOLDER');
  await mkdir(folder, { recursive: true });
  if (command === 'write') await write(folder);
  else await writeFile(join(folder, 'read.json'), JSON.stringify(await read(folder)));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
