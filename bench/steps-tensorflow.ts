// npm run bench -- steps-tensorflow: training steps on TensorFlow's addon, as graphs and operation by operation; in a process of its own, because
// TensorFlow.js has one engine per process. Needs FACENET_ENGINE; FACENET_TENSORFLOW_DEVICE=gpu takes the GPU.
import { openTrainingEngine } from '../src/engine/trainingEngine';
import { tensorflowDevice } from '../test/fixtures/tensorflowDevice';
import type { Measurement } from './measurement';
import { trainingRates } from './subjects/trainingRates';

export async function run(): Promise<Measurement[]> {
  if (process.env['FACENET_ENGINE'] === undefined) {
    return [{ name: 'skipped', value: 0, unit: '', note: 'needs FACENET_ENGINE (scripts/buildTensorflowAddon.mjs)' }];
  }
  const { tf } = await openTrainingEngine(tensorflowDevice);
  return trainingRates(tf, 'TensorFlow', 90, ['graph', 'eager']);
}
