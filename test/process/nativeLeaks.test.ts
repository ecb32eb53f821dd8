// Functions that make tensors leave none behind on TensorFlow itself; on the embedded engine: test/unit/network.
import { test } from 'node:test';
import { openTrainingEngine } from '../../src/engine/trainingEngine';
import { tensorflowDevice } from '../fixtures/tensorflowDevice';
import { leavesNothing } from '../fixtures/tensorLeaks';
import { tensorSubjects } from '../fixtures/tensorSubjects';

const skip = process.env.FACENET_ENGINE
  ? false
  : 'needs FACENET_ENGINE, a folder with a built @tensorflow/tfjs-node (scripts/buildTensorflowAddon.mjs makes one)';

test('no tensor is left behind on TensorFlow, whether it ends well or a kernel fails', { skip }, async (t) => {
  const { tf } = await openTrainingEngine(tensorflowDevice);
  for (const [name, work] of Object.entries(tensorSubjects(tf)))
    await t.test(name, async () => leavesNothing(tf, work));
});
