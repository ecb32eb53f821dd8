// npm run bench -- steps-tensorflow: training steps on TensorFlow's addon on the CPU; in a process of its own, because
// TensorFlow.js has one engine per process. Needs FACENET_ENGINE.
import { openTrainingEngine } from '../src/engine/trainingEngine';
import type { Measurement } from './measurement';
import { trainingRates } from './subjects/trainingRates';

export async function run(): Promise<Measurement[]> {
  if (process.env['FACENET_ENGINE'] === undefined) {
    return [{ name: 'skipped', value: 0, unit: '', note: 'needs FACENET_ENGINE (scripts/buildTensorflowAddon.mjs)' }];
  }
  const { tf } = await openTrainingEngine('cpu');
  return trainingRates(tf, 'TensorFlow', 90);
}
