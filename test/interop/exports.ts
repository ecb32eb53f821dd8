// Networks in every format of `facenet export`, whole and in half precision.
import { join } from 'node:path';
import { writeModel } from '../../src/export/writeModel';
import { describe } from '../../src/network/describe';
import type { Network } from '../../src/network/network';
import type { Weights } from '../../src/network/tensor';
import { type ExportFormat, exportExtensions, exportFormats } from '../../src/protocol/exportFormat';

/** `<folder>/<format>` with its extension and `<folder>/<format>-half`; of ONNX also the prelogits. */
export async function writeExports(folder: string, network: Network, weights: Weights): Promise<void> {
  const own = new Map(describe(network).variables.map(({ name }) => [name, weights.get(name)!]));
  const { imageSize } = network.recipe;
  const options = { imageSize, output: 'embeddings', metadata: { model: 'interop' }, force: false } as const;
  const path = (name: string, format: ExportFormat): string =>
    join(folder, `${name}${format === 'tfjs' ? '' : exportExtensions[format]}`);
  for (const format of exportFormats) {
    if (format === 'keras' && network.name !== 'inception_resnet_v1') continue;
    await writeModel(network, own, { ...options, format, path: path(format, format), half: false });
    await writeModel(network, own, { ...options, format, path: path(`${format}-half`, format), half: true });
  }
  const prelogits = { ...options, format: 'onnx', output: 'prelogits', half: false } as const;
  await writeModel(network, own, { ...prelogits, path: path('prelogits', 'onnx') });
}
