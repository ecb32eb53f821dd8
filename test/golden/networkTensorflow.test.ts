import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadGoldenCase } from '../fixtures/goldenNetwork';
import { GraphTrainer } from '../../src/train/step/graphTrainer';
import { checkEmbeddings, checkTrainingStep, type GradientTolerances } from '../fixtures/goldenTrainingStep';
import { checkTrainerStep } from '../fixtures/goldenTrainerStep';
import { skipWithoutShared } from '../fixtures/shared';
import { noTensorflow, openTensorflow, tensorflowDevice } from '../fixtures/tensorflowDevice';

const skip = noTensorflow || skipWithoutShared('golden', 'network');

// oneDNN's kernels add up in another order, which the batch norms of six images amplify to 5e-3 in single gradients;
// TensorFlow's plain ones stay within 2e-3. Read when the addon is loaded.
process.env.TF_ENABLE_ONEDNN_OPTS = '0';

/** cuDNN adds up in an order of its own as well; the deepest network's gradients show it. */
const deepOnGpu = (gpu: boolean, name: string): GradientTolerances | undefined =>
  gpu && name === 'inception_resnet_v2' ? { norm: 5e-3, first: 0.05 } : undefined;

for (const name of ['squeezenet', 'inception_resnet_v1', 'inception_resnet_v2']) {
  test(`embeddings and one whole training step of ${name} on TensorFlow are the reference's`, { skip }, async () => {
    const engine = await openTensorflow();
    assert.match(engine.description, /^TensorFlow \d+\.\d+\.\d+ on the [CG]PU/);
    assert.equal(engine.gpu, tensorflowDevice === 'gpu');
    const example = await loadGoldenCase(name);
    await checkEmbeddings(engine.tf, example);
    checkTrainingStep(engine.tf, example, deepOnGpu(engine.gpu, name));
  });
}

for (const name of ['squeezenet', 'inception_resnet_v1']) {
  test(
    `the trainer's step of all of ${name} on TensorFlow moves every variable as the reference`,
    { skip },
    async () => {
      const { tf } = await openTensorflow();
      await checkTrainerStep(tf, await loadGoldenCase(name));
    },
  );
}

for (const name of ['squeezenet', 'inception_resnet_v1', 'inception_resnet_v2']) {
  test(`the step of all of ${name} as one graph moves every variable as the reference`, { skip }, async () => {
    const { tf, gpu } = await openTensorflow();
    await checkTrainerStep(tf, await loadGoldenCase(name), GraphTrainer, deepOnGpu(gpu, name));
  });
}
