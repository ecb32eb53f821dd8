// npm run bench -- steps-wasm: training steps on the embedded engine.
import { openWasm } from '../src/engine/wasm/openWasm';
import type { Measurement } from './measurement';
import { trainingRates } from './subjects/trainingRates';

export async function run(): Promise<Measurement[]> {
  return trainingRates(await openWasm(), 'wasm', 8);
}
