import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTrainingEngine } from '../../src/engine/trainingEngine';
import { checkTrainingStep } from '../fixtures/goldenTrainingStep';
import { skipWithoutShared } from '../fixtures/shared';

const skip = process.env.FACENET_ENGINE
  ? skipWithoutShared('golden', 'network')
  : 'needs FACENET_ENGINE, a folder with a built @tensorflow/tfjs-node (scripts/buildTensorflowAddon.mjs makes one)';

test('TensorFlow itself gives the reference training step of squeezenet', { skip }, async () => {
  const engine = await openTrainingEngine('cpu');
  assert.match(engine.description, /^TensorFlow \d+\.\d+\.\d+ on the CPU/);
  await checkTrainingStep(engine.tf, 'squeezenet');
});
