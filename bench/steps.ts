// npm run bench -- steps: one training step, median of the rounds, Adam, frozen batch norm. Phase 1 trains the classifier
// from features; phase 2 Block8, Bottleneck and Logits of Inception-ResNet-v1 from cached 3×3×1792 activations.
// FACENET_BENCH_ENGINE chooses the engine: wasm (default), cpu or gpu.
import type { Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { openTrainingEngine } from '../src/engine/trainingEngine';
import { enginePreferenceSchema } from '../src/protocol/trainConfig';
import type { TensorFlow } from '../src/network/tensorflow/linear';
import { describeChain, isTrained } from '../src/network/describe';
import { initializeVariable } from '../src/network/initialize';
import { logitsStage, stageIndex } from '../src/network/network';
import { networkByName } from '../src/network/registry';
import { forward } from '../src/network/tensorflow/forward';
import type { Measurement } from './measurement';

const classes = 10;
const batch = 90;

async function measure(
  tf: TensorFlow,
  name: string,
  from: string,
  inputShape: number[],
  rounds: number,
): Promise<Measurement[]> {
  const network = networkByName('inception_resnet_v1', { embeddingSize: 512 });
  const all = [...network.stages, logitsStage(classes)];
  const stages = from === 'Logits' ? all.slice(-1) : all.slice(stageIndex(network, from)!);
  const trained: Variable[] = [];
  const variables = new Map<string, Tensor>();
  for (const spec of describeChain({ stages }, inputShape).variables) {
    const { data, shape } = initializeVariable(spec, Math.random);
    const variable = tf.variable(tf.tensor(data, [...shape]), isTrained(spec));
    variables.set(spec.name, variable);
    if (isTrained(spec)) trained.push(variable);
  }
  const optimizer = tf.train.adam(0.001);
  const x = tf.randomUniform([batch, ...inputShape], 0, 1);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: batch }, (_, i) => i % classes),
      'int32',
    ),
    classes,
  );
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const loss = optimizer.minimize(
      () =>
        tf.neg(
          tf.mean(
            tf.sum(tf.mul(labels, tf.logSoftmax(forward(tf, stages, x, variables, { training: true }) as Tensor2D)), 1),
          ),
        ),
      true,
      trained,
    ) as Tensor1D;
    await loss.data();
    loss.dispose();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[rounds >> 1]!;
  const note = `batch ${batch}, best ${times[0]!.toFixed(1)} ms, ${Math.round((1000 * batch) / median)} samples/s`;
  return [{ name, value: median, unit: 'ms per step', note }];
}

/** Both phases on the chosen engine. */
export async function run(): Promise<Measurement[]> {
  const preference = enginePreferenceSchema.parse(process.env['FACENET_BENCH_ENGINE'] ?? 'wasm');
  const { tf, name } = await openTrainingEngine(preference);
  return [
    ...(await measure(tf, `phase 1 (Logits), ${name}`, 'Logits', [512], 90)),
    ...(await measure(tf, `phase 2 (Block8, Bottleneck, Logits), ${name}`, 'Block8', [3, 3, 1792], 9)),
  ];
}
