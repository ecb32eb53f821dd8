import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOf } from '../../../../src/dataset/digestTable';
import { survey } from '../../../../src/dataset/survey';
import { UserError } from '../../../../src/protocol/errors';
import { ImageContents } from '../../../../src/train/data/imageContent';
import { openTrainingSet, type TrainingSet } from '../../../../src/train/data/trainingSet';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const settle = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2100));

/** Two people with images whose content is their name, and a split of them. */
async function split(): Promise<{ root: string; facts: string; set: TrainingSet }> {
  const root = temporaryFolder();
  for (const person of ['Ada', 'Ben']) {
    await mkdir(join(root, person));
    for (let image = 0; image < 7; image++) await writeFile(join(root, person, `${image}.png`), `${person} ${image}`);
  }
  const config = { dataDir: root, validationSplitRatio: 0.3, minTrainImagesPerClass: 0, seed: 3 };
  return { root, facts: join(temporaryFolder(), 'index', 'a.facts'), set: await openTrainingSet(config) };
}

const digests = (paths: Iterable<string>): number[] =>
  Array.from(paths, (path) => `${path.split(/[\\/]/).at(-2)!} ${path.at(-5)!}`).flatMap((text) => [...digestOf(text)]);

test('one look at known images gives the fingerprint and the contents of a split, in its order', async () => {
  const { root, facts, set } = await split();
  await settle();
  const known = new ImageContents({ facts, capacity: 100 });
  await known.of(set.training.paths);
  await known.of(set.validation.paths);

  const contents = new ImageContents({ facts });
  const fingerprint = await contents.survey(set, { isAsked: true });
  assert.equal(fingerprint, (await survey(set.dataset)).fingerprint);
  // Nobody looks at a file after the survey.
  await rm(root, { recursive: true });
  for (const { paths } of [set.training, set.validation])
    assert.deepEqual([...(await contents.of(paths))], digests(paths));
  // Once: a later phase looks again.
  const again = new ImageContents({ facts });
  await assert.rejects(again.of(set.training.paths), UserError);
});

test('where a file is not known, or nobody will ask, images are looked at when they are asked for', async () => {
  const { root, facts, set } = await split();
  await settle();
  await new ImageContents({ facts }).of(set.training.paths);
  const changed = [...set.training.paths][0]!;
  await writeFile(changed, 'changed');
  for (const isAsked of [true, false]) {
    const contents = new ImageContents({ facts });
    assert.equal(await contents.survey(set, { isAsked }), (await survey(set.dataset)).fingerprint);
    const all = await contents.of(set.training.paths);
    assert.deepEqual([...all.subarray(0, 4)], [...digestOf('changed')]);
    assert.deepEqual([...all.subarray(4)], digests(set.training.paths).slice(4));
  }
  assert.equal((await survey({ ...set.dataset, root })).contents, undefined);
});
