import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { openModel } from '../../../src/checkpoint/model';
import type { ReportedEvent } from '../../../src/protocol/jobContext';
import { UserError } from '../../../src/protocol/errors';
import { openRunFolder } from '../../../src/run/runFolder';
import { within } from '../../fixtures/deadlines.mjs';
import { withFailingDisk } from '../../fixtures/failingDisk';
import { newTraining, smallTraining, tensorsOf, train, writeSmallDataset } from '../../fixtures/smallTraining';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

/** Turns a bit in the middle of the data of a checkpoint. */
function flipBit(prefix: string): void {
  const file = `${prefix}.data-00000-of-00001`;
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 4;
  rmSync(file);
  writeFileSync(file, bytes);
}

describe('files that change under a training', { timeout: within(120_000) }, () => {
  const workspace = temporaryFolder();
  const image = (root: string): string => join(root, 'faces', 'person_0', 'person_0_0003.png');
  let straight: string;
  before(async () => {
    await writeSmallDataset(workspace);
    straight = (await newTraining(workspace, smallTraining(workspace), 'straight')).path;
    assert.equal(await train(straight), undefined);
  });
  /** A dataset of its own, so that what is done to it hinders nobody. */
  const ownDataset = async (name: string): Promise<string> => {
    const root = join(workspace, name);
    for (const part of ['faces', 'pairs.txt']) await cp(join(workspace, part), join(root, part), { recursive: true });
    return root;
  };
  const messages = async (path: string): Promise<string[]> =>
    (await (await openRunFolder(path)).readEvents()).flatMap((event: ReportedEvent) =>
      event.type === 'log' ? [event.message] : [],
    );

  test('a checkpoint with a flipped bit: the tensor is named, the one before is used and it is left where it is', async () => {
    const { path } = await newTraining(join(workspace, 'bits'), smallTraining(workspace));
    // Stopped in the middle, so that there is something to go on with, and at a step that is saved for this reason alone.
    const stop = new AbortController();
    const onEvent = (event: { type: string; step?: number }): void => {
      if (event.type === 'step' && event.step! > 18) stop.abort();
    };
    assert.match(String(await train(path, { onEvent, signal: stop.signal })), /Stopped/);
    const { checkpoint } = (await openRunFolder(path)).record;
    const { prefix, step } = checkpoint!;
    flipBit(prefix);
    const damaged = readFileSync(`${prefix}.data-00000-of-00001`);

    // A folder means its newest checkpoint that is whole, with a note; a checkpoint means itself.
    const model = await openModel(path);
    assert.ok(model.step! < step);
    assert.match(model.notes.join(), new RegExp(`${basename(prefix)} is passed over .* checksum of \\S+ does not fit`));
    await assert.rejects((await openModel(prefix)).readAll(), /checksum of \S+ does not fit/);

    let atStart: unknown;
    let isKept: boolean | undefined;
    const error = await train(path, {
      onEvent(event) {
        if (event.type === 'phase') atStart ??= readFileSync(`${prefix}.data-00000-of-00001`);
        // Of the two that are kept the damaged one is none.
        if (event.type === 'checkpoint' && !event.best) isKept ??= existsSync(`${model.path}.index`);
      },
    });
    assert.equal(error, undefined, String(error));
    assert.deepEqual(atStart, damaged);
    assert.equal(isKept, true, 'the one before goes only for one that is whole');
    const said = await messages(path);
    assert.ok(
      said.some(
        (message) =>
          message.includes(`${basename(prefix)} cannot be used`) && /checksum of \S+ does not fit/.test(message),
      ),
      said.join('\n'),
    );
    assert.ok(said.some((message) => message.startsWith(`Resuming at step ${model.step} `)));
    assert.deepEqual(await tensorsOf(path), await tensorsOf(straight));
  });

  test('an image that changes between its hash and its look is told, and nothing of it is kept under the hash of another', async () => {
    const root = await ownDataset('changing');
    const { path } = await newTraining(root, smallTraining(root, { lfw: undefined }));
    const before = readFileSync(image(root));
    // Hashing comes before looking: the last word before both is that of the training's beginning.
    let changed = false;
    const files = (await import('node:fs')).default;
    const { readFileSync: readAtOnce } = files;
    files.readFileSync = ((...all: Parameters<typeof readAtOnce>) => {
      const bytes = readAtOnce(...all);
      if (!changed && all[0] === image(root)) {
        changed = true;
        copyFileSync(join(root, 'faces', 'person_1', 'person_1_0001.png'), image(root));
      }
      return bytes;
    }) as typeof readAtOnce;
    let error: unknown;
    try {
      error = await train(path);
    } finally {
      files.readFileSync = readAtOnce;
    }
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.sentence, /person_0_0003\.png has changed while it was being worked with\. .*resume/);
    assert.equal((await openRunFolder(path)).record.state, 'failed');

    writeFileSync(image(root), before);
    assert.equal(await train(path), undefined);
    const { path: other } = await newTraining(workspace, smallTraining(workspace, { lfw: undefined }), 'without pairs');
    assert.equal(await train(other), undefined);
    assert.deepEqual(await tensorsOf(path), await tensorsOf(other));
  });

  test('an image that vanishes before an evaluation that needs it: the file is named, and what was learned is saved', async () => {
    const root = await ownDataset('vanishing');
    const { path } = await newTraining(root, smallTraining(root, { lfw: undefined }));
    const error = await train(path, {
      onEvent: ({ type }) =>
        void (type === 'phase' && rmSync(join(root, 'faces', 'person_0', 'person_0_0003.png'), { force: true })),
    });
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.sentence, /person_0_0003\.png cannot be read \(ENOENT/);
    const { record } = await openRunFolder(path);
    assert.equal(record.state, 'failed');
    assert.equal(record.checkpoint!.step, 9, 'saved before the evaluation');
  });

  test('an image that vanishes under a training that decodes it for each batch: the file is named, and what was learned is saved', async () => {
    const root = await ownDataset('fresh');
    const phases = [
      { name: 'all', trainableFrom: 'Stem', epochs: 40, learningRate: 0.001, batchNorm: 'frozen' as const },
    ];
    const changes = { phases, lfw: undefined, validationSplitRatio: 0, batchSize: 2 };
    const { path } = await newTraining(root, smallTraining(root, changes));
    let last = 0;
    const error = await train(path, {
      onEvent(event) {
        if (event.type !== 'step') return;
        last = event.step;
        rmSync(image(root), { force: true });
      },
    });
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.sentence, /person_0_0003\.png cannot be read \(ENOENT/);
    const { record } = await openRunFolder(path);
    assert.equal(record.state, 'failed');
    assert.ok(last > 0);
    assert.equal(record.checkpoint!.step, last, 'saved at the last step');
  });

  test('a dataset that cannot be written is not written: training and evaluation need to read it only', async () => {
    const root = await ownDataset('readonly');
    const { path } = await newTraining(join(workspace, 'beside'), smallTraining(root));
    const at = (name: string): boolean => name.startsWith(join(root, 'faces'));
    const faults = (['open', 'write'] as const).map((when) => ({ code: 'EROFS', at, when }));
    assert.equal(await withFailingDisk(faults, () => train(path)), undefined);
  });

  test('folders that cannot be written are one sentence before anything is computed', async () => {
    const base = join(workspace, 'locked');
    const { path } = await newTraining(join(workspace, 'beside'), smallTraining(workspace, { modelsBaseDir: base }));
    for (const [code, sentence] of [
      ['EROFS', /locked.* is on a disk that cannot be written\. Choose another folder\./],
      ['EACCES', /Permission to use .*locked.* is missing\. Change its permissions/],
    ] as const) {
      const at = (name: string): boolean => name.startsWith(base);
      const error = await withFailingDisk([{ code, at, when: 'open' }], () => train(path));
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.sentence, sentence);
      assert.equal((await openRunFolder(path)).record.state, 'failed');
    }
    await rm(base, { recursive: true, force: true });
  });

  test('a folder of the run on another drive that is not there when it is resumed: it is named and not made anew', async () => {
    const drive = join(workspace, 'drive');
    const places = { activationCacheDir: 'cache', modelsBaseDir: 'models', logsBaseDir: 'logs' } as const;
    const on = Object.fromEntries(Object.entries(places).map(([name, folder]) => [name, join(drive, folder)]));
    const { path } = await newTraining(join(workspace, 'outside'), smallTraining(workspace, on));
    const stop = new AbortController();
    const onEvent = ({ type }: { type: string }): void => void (type === 'checkpoint' && stop.abort());
    assert.match(String(await train(path, { onEvent, signal: stop.signal })), /Stopped/);
    for (const folder of Object.values(places)) {
      const place = join(drive, folder);
      await rename(place, `${place}.away`);
      // A mount point stays where its drive was.
      await mkdir(place);
      const error = await train(path);
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.sentence, new RegExp(`were kept in .*${folder}.*, which is not there\\. Connect its drive`));
      assert.deepEqual(await readdir(place), [], 'nothing is made in its place');
      await rm(place, { recursive: true });
      await rename(`${place}.away`, place);
    }
    assert.equal(await train(path), undefined);
    assert.deepEqual(await tensorsOf(path), await tensorsOf(straight));
  });

  test('a run whose folder was moved goes on in its new place', async () => {
    const { path } = await newTraining(join(workspace, 'before'), smallTraining(workspace));
    const stop = new AbortController();
    const onEvent = ({ type }: { type: string }): void => void (type === 'checkpoint' && stop.abort());
    assert.match(String(await train(path, { onEvent, signal: stop.signal })), /Stopped/);
    const moved = join(workspace, 'after', basename(path));
    await mkdir(dirname(moved));
    await rename(path, moved);
    assert.equal(await train(moved), undefined);
    await assert.rejects(stat(path), 'nothing is made where it was');
    assert.deepEqual(await tensorsOf(moved), await tensorsOf(straight));
  });
});
