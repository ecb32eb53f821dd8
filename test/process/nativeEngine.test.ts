import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTrainingEngine } from '../../src/engine/trainingEngine';
import { checkTrainingStep } from '../fixtures/goldenTrainingStep';
import { skipWithoutShared } from '../fixtures/shared';

const skip = process.env.FACENET_ENGINE
  ? skipWithoutShared('golden', 'network')
  : 'needs FACENET_ENGINE, a folder with a built @tensorflow/tfjs-node (scripts/buildTensorflowAddon.mjs makes one)';

// oneDNN's convolutions add up in another order, which the batch norms of six images amplify to 4e-3 in single gradients;
// TensorFlow's plain ones, with which the reference's values were made, stay within 2e-3.
process.env.TF_ENABLE_ONEDNN_OPTS = '0';

test('TensorFlow itself gives the reference training step of squeezenet', { skip }, async () => {
  const engine = await openTrainingEngine('cpu');
  assert.match(engine.description, /^TensorFlow \d+\.\d+\.\d+ on the CPU/);
  await checkTrainingStep(engine.tf, 'squeezenet');
});
