import type { TrainingEngine } from '../../engine/trainingEngine';

/** Who trains: the embedded engine, or TensorFlow on the processor or the graphics card. */
export type TrainingDevice = 'wasm' | 'cpu' | 'gpu';

export function deviceOf({ name, gpu }: Pick<TrainingEngine, 'name' | 'gpu'>): TrainingDevice {
  return name === 'wasm' ? 'wasm' : gpu ? 'gpu' : 'cpu';
}

/** By the description that a run records of its engine. */
export function deviceOfRun(engine: string): TrainingDevice {
  if (engine.includes('on the GPU')) return 'gpu';
  return engine.includes('TensorFlow') ? 'cpu' : 'wasm';
}
