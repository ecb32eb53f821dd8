// The starter model: dlib's recognition network (CC0), so that the first minute works offline.
import { dlibVariableName } from '../network/dlibNames';
import type { Tensor } from '../network/tensor';
import { distFile } from '../engine/installation';
import { readWeightsManifest } from './weightsManifest';

/** Folder with the starter models, filled by the build. */
export function starterFolder(): string {
  return distFile('starter');
}

/** The weights of `dlib_resnet` under that network's own variable names. */
export async function starterWeights(): Promise<Map<string, Tensor>> {
  const weights = await readWeightsManifest(starterFolder(), 'face_recognition_model');
  const renamed = new Map<string, Tensor>();
  for (const [name, tensor] of weights) {
    const variable = dlibVariableName(name);
    if (variable === undefined) throw new Error(`the starter model has an unknown weight ${name}`);
    renamed.set(variable, tensor);
  }
  return renamed;
}
