import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { describe } from '../../../../src/network/describe';
import { networkByName } from '../../../../src/network/registry';
import type { Tensor } from '../../../../src/network/tensor';
import { FrozenActivations, type FrozenParts } from '../../../../src/train/data/frozenActivations';
import { ImageContents } from '../../../../src/train/data/imageContent';
import { KeptLooks } from '../../../../src/train/data/keptLooks';
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

async function looksOf(folder: string, count = Infinity): Promise<KeptLooks> {
  const names = (await readdir(join(folder, 'person_0'))).sort().slice(0, count);
  const paths = names.map((name) => join(folder, 'person_0', name));
  return KeptLooks.plain(paths, await new ImageContents().of(paths), false);
}

function open(cache: string, base: number, choices: Partial<FrozenParts> = {}): FrozenActivations {
  mkdirSync(dirname(cache), { recursive: true });
  return new FrozenActivations({
    engine: onnxForward,
    network,
    recipe,
    contents: new ImageContents(),
    cache,
    base,
    ...choices,
  });
}

async function read(activations: FrozenActivations, stage: number, looks: KeptLooks, onProgress?: OnProgress) {
  const options = { memoryLimit: 1 << 20, ...(onProgress && { onProgress }) };
  const reader = await activations.rows(freshWeights(), stage, looks, options);
  const out = new Float32Array(looks.length * reader.rowLength);
  await reader.read([...Array(looks.length).keys()], out);
  await reader.close();
  return out;
}

type OnProgress = (done: number, total: number) => void;

test('activations are computed once; those of a later stage follow from those of an earlier one', async () => {
  const [faces, runs] = [temporaryFolder(), temporaryFolder()];
  await writeNoiseFaces(faces, { people: 1, images: 5, size: 64 });
  const looks = await looksOf(faces);
  const computed: number[] = [];
  const count: OnProgress = (_done, total) => void computed.push(total);
  const cache = join(runs, 'one', 'cache');
  const direct = await read(open(join(runs, 'other', 'elsewhere', 'cache'), end), end, looks);
  await read(open(cache, cut), cut, await looksOf(faces, 3), count);
  const before = computed.length;
  await read(open(cache, cut), cut, looks, count);
  assert.deepEqual(computed.slice(before), [2], 'only the two images that were missing');
  const viaBase = await read(open(cache, cut), end, looks, count);
  assert.equal(computed.length, before + 1, 'no image was computed again');
  const largest = direct.reduce((max, value, i) => Math.max(max, Math.abs(value - viaBase[i]!)), 0);
  assert.ok(largest < 1e-4, `both ways agree to ${largest}`);
  await read(open(join(runs, 'two', 'cache'), cut), cut, looks, count);
  assert.equal(computed.length, before + 1, 'the run beside it shares them');
});

test('a bound on the cache keeps no more than fits and changes no number, whatever is kept', async () => {
  const [faces, runs] = [temporaryFolder(), temporaryFolder()];
  await writeNoiseFaces(faces, { people: 1, images: 5, size: 64 });
  const looks = await looksOf(faces);
  for (const [stage, base] of [
    [cut, cut],
    [end, cut],
  ] as const) {
    const whole = await read(open(join(runs, `whole-${stage}`, 'elsewhere', 'cache'), base), stage, looks);
    const bytesOfRow = (4 * (await read(open(join(runs, 'row', 'elsewhere', 'cache'), cut), cut, looks)).length) / 5;
    for (const rows of [0, 2, 4]) {
      const notes: string[] = [];
      const cache = join(runs, `bounded-${stage}-${rows}`, 'elsewhere', 'cache');
      const bound = { mostBytes: rows * bytesOfRow + 1, say: (note: string) => notes.push(note) };
      const bounded = await read(open(cache, base, bound), stage, looks);
      assert.deepEqual(bounded, whole, `${rows} rows before stage ${stage}`);
      assert.match(notes[0]!, /of 5 looks at images have no room .* activation_cache_gb/);
      const files = (await readdir(cache, { recursive: true })).filter((name) => name.endsWith('.f32'));
      const sizes = await Promise.all(files.map(async (name) => (await stat(join(cache, name))).size));
      assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= bound.mostBytes);
      assert.equal(sizes.length > 0, rows > 0);
    }
  }
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
