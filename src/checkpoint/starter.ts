// The starter model: dlib's recognition network (CC0), so that the first minute works offline.
import { dlibVariableName } from '../network/dlibNames';
import type { Network } from '../network/network';
import { networkByName } from '../network/registry';
import type { Tensor } from '../network/tensor';
import { distFile } from '../engine/installation';

/** Folder with the starter models, filled by the build. */
export function starterFolder(): string {
  return distFile('starter');
}

/** Its network, of the published size. */
export function starterNetwork(): Network {
  return networkByName('dlib_resnet', { embeddingSize: 128 });
}

/** The weights of `starterNetwork` under its own variable names. */
export async function starterWeights(): Promise<Map<string, Tensor>> {
  const { readWeightsManifest } = await import('./weightsManifest');
  const weights = await readWeightsManifest(starterFolder(), 'face_recognition_model');
  const renamed = new Map<string, Tensor>();
  for (const [name, tensor] of weights) {
    const variable = dlibVariableName(name);
    if (variable === undefined) throw new Error(`the starter model has an unknown weight ${name}`);
    renamed.set(variable, tensor);
  }
  return renamed;
}
