import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { describe } from '../../../../src/network/describe';
import { networkByName } from '../../../../src/network/registry';
import type { Tensor } from '../../../../src/network/tensor';
import { plainVariant } from '../../../../src/input/prepareImage';
import { FrozenActivations, type KeptLook } from '../../../../src/train/data/frozenActivations';
import { ImageContents } from '../../../../src/train/data/imageContent';
import { onnxForward } from '../../../../src/engine/forwardEngine';
import { prefixKey } from '../../../../src/train/data/prefixKey';
import { writeNoiseFaces } from '../../../fixtures/noiseFaces';
import { regenerableWeights } from '../../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const network = networkByName('squeezenet');
const recipe = { imageSize: 64, standardization: 'fixed' } as const;
const freshWeights = (): Map<string, Tensor> => regenerableWeights(describe(network).variables);
const cut = network.stages.findIndex(({ name }) => name === 'fire9');
const end = network.stages.length;

async function looksOf(folder: string): Promise<KeptLook[]> {
  const names = await readdir(join(folder, 'person_0'));
  const paths = names.sort().map((name) => join(folder, 'person_0', name));
  const contents = await new ImageContents().of(paths);
  return paths.map((path, i) => ({ path, content: contents[i]!, label: 'plain', variant: plainVariant }));
}

test('activations are computed once; those of a later stage follow from those of an earlier one', async () => {
  const [faces, runs] = [temporaryFolder(), temporaryFolder()];
  await writeNoiseFaces(faces, { people: 1, images: 5, size: 64 });
  const looks = await looksOf(faces);
  const weights = freshWeights();
  const computed: number[] = [];
  const options = { memoryLimit: 1 << 20, onProgress: (_done: number, total: number) => computed.push(total) };
  const read = async (cache: string, base: number, stage: number, count = looks.length) => {
    await mkdir(dirname(cache), { recursive: true });
    const reader = await new FrozenActivations(onnxForward, network, recipe, new ImageContents(), cache, base).rows(
      weights,
      stage,
      looks.slice(0, count),
      options,
    );
    const out = new Float32Array(count * reader.rowLength);
    await reader.read(
      Array.from({ length: count }, (_, i) => i),
      out,
    );
    return out;
  };
  const cache = join(runs, 'one', 'cache');
  const direct = await read(join(runs, 'other', 'elsewhere', 'cache'), end, end);
  await read(cache, cut, cut, 3);
  const before = computed.length;
  await read(cache, cut, cut);
  assert.deepEqual(computed.slice(before), [2], 'only the two images that were missing');
  const viaBase = await read(cache, cut, end);
  assert.equal(computed.length, before + 1, 'no image was computed again');
  const largest = direct.reduce((max, value, i) => Math.max(max, Math.abs(value - viaBase[i]!)), 0);
  assert.ok(largest < 1e-4, `both ways agree to ${largest}`);
  await read(join(runs, 'two', 'cache'), cut, cut);
  assert.equal(computed.length, before + 1, 'the run beside it shares them');
});

test('any change of the frozen weights, their stages or the preparation gives another key; later weights do not', () => {
  const weights = freshWeights();
  const key = prefixKey(network, weights, cut, recipe);
  assert.equal(prefixKey(network, freshWeights(), cut, recipe), key);
  assert.notEqual(prefixKey(network, weights, cut - 1, recipe), key);
  assert.notEqual(prefixKey(network, weights, cut, { ...recipe, standardization: 'per_image' }), key);
  assert.notEqual(prefixKey(network, weights, cut, { ...recipe, imageSize: 96 }), key);
  weights.get('squeezenet/Bottleneck/weights')!.data[0] = 9;
  assert.equal(prefixKey(network, weights, cut, recipe), key);
  weights.get('squeezenet/conv1/BatchNorm/moving_mean')!.data[0] = 0.5;
  assert.notEqual(prefixKey(network, weights, cut, recipe), key);
});
