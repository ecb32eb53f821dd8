// A workspace that is moved, with a training, a validation, aligned faces and their photographs in it: all of it opens again.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { photographOf, photographsOf } from '../../../extension/lfw/photographs';
import { checkpointsOfRun } from '../../../extension/workspace/runCheckpoints';
import { readAlignmentRecord, writeAlignmentRecord } from '../../../src/align/alignmentRecord';
import { openModel } from '../../../src/checkpoint/model';
import { readComparedReport } from '../../../src/evaluate/readReport';
import { runJob } from '../../../src/jobs/runJob';
import { validateRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, openRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { listRuns } from '../../../src/run/runList';
import { within } from '../../fixtures/deadlines.mjs';
import { filesNamed, newTraining, smallTraining, train, writeSmallDataset } from '../../fixtures/smallTraining';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
const made = join(root, 'made');

/** Every absolute path in a value. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith(root) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

/** Takes out of the files of a workspace what they say of their place, which older versions did not write. */
async function forgetPlaces(workspace: string): Promise<void> {
  let forgotten = 0;
  for (const file of await filesNamed(workspace, /(?:run|alignment|lfw(?:-\d+)?)\.json$/)) {
    const path = join(workspace, file);
    const record = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    for (const key of ['folder', 'imagesFromReport', 'sourceFromHere']) {
      if (key in record) forgotten++;
      delete record[key];
    }
    await writeFile(path, JSON.stringify(record));
  }
  assert.ok(forgotten >= 8, String(forgotten));
}

describe('a workspace that is moved', { timeout: within(120_000) }, () => {
  before(async () => {
    await writeSmallDataset(made);
    const names = ['person_0', 'person_1'];
    for (const name of names) {
      await mkdir(join(made, 'photographs', name), { recursive: true });
      await writeFile(join(made, 'photographs', name, `${name}_0001.jpg`), '');
    }
    const cut = { detector: 'starter', alignment: 'landmarks', imageSize: 150, margin: 0 } as const;
    const rest = { detectMultipleFaces: false, upright: false, source: join(made, 'photographs') };
    const createdAt = new Date().toISOString();
    await writeAlignmentRecord(join(made, 'faces'), { version: 1, ...cut, ...rest, createdAt });

    const bases = { modelsBaseDir: join(made, 'models'), logsBaseDir: join(made, 'logs') };
    for (const [title, changes] of [
      ['own folder', {}],
      ['base folders', bases],
    ] as const) {
      const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs: 4, learningRate: 0.1 }];
      const run = await newTraining(made, smallTraining(made, { phases, ...changes } as object), title);
      assert.equal(await train(run.path), undefined);
    }
    const trained = (await listRuns(made)).find(({ record }) => record.title === 'own folder');
    const lfw = { dir: join(made, 'faces'), pairs: join(made, 'pairs.txt'), folds: 2 };
    const model = trained!.record.checkpoint!.prefix;
    const request = validateRequestSchema.parse({ kind: 'validate', model, lfw });
    const validation = await createRunFolder(runsDirectory(made), request, 'validation');
    await runJob(request, validation, { signal: new AbortController().signal });
  });

  const opens = async (workspace: string, titles = ['own folder', 'base folders', 'validation']): Promise<void> => {
    const listed = await listRuns(workspace);
    assert.equal(listed.length, 3);
    const runs = listed.filter(({ record }) => titles.includes(record.title));
    assert.equal(runs.length, titles.length);
    for (const { folder, record } of runs) {
      const paths = pathsIn({ ...record, worker: undefined });
      assert.ok(paths.length >= 3, paths.join(' '));
      for (const path of paths) {
        assert.ok(path.startsWith(`${workspace}/`) || path.startsWith(`${workspace}\\`), path);
        assert.ok(existsSync(path) || existsSync(`${path}.index`), path);
      }
      const reports = await filesNamed(join(folder, 'evaluations'), /^lfw.*\.json$/);
      assert.ok(reports.length > 0);
      for (const name of reports) {
        const { report, baseline } = await readComparedReport(join(folder, 'evaluations', name));
        assert.equal(report.imagesDir, join(workspace, 'faces'));
        if (report.model.step !== 0) assert.ok(report.model.path.startsWith(workspace), report.model.path);
        if (record.request.kind === 'train' && report.model.step !== 0) assert.equal(baseline?.model.step, 0);
        const photographs = await photographsOf(report.imagesDir);
        const photograph = await photographOf(photographs!, report.distances[0]!.a);
        assert.equal(photograph, join(workspace, 'photographs', 'person_0', 'person_0_0001.jpg'));
      }
      if (record.request.kind !== 'train') continue;
      const checkpoints = await checkpointsOfRun(record, folder);
      assert.ok(checkpoints.length >= 2);
      for (const { prefix } of checkpoints) await (await openModel(prefix)).readDoubles('global_step');
      // As it is named in a terminal, and as a training goes on from it.
      await openModel(folder);
      assert.equal((await readAlignmentRecord(record.config!.dataDir))!.source, join(workspace, 'photographs'));
    }
  };

  test('opens where it was made', () => opens(made));

  test('opens elsewhere, runs, checkpoints, reports and photographs, and a validation is made again there', async () => {
    const moved = join(root, 'further', 'moved');
    await mkdir(join(root, 'further'));
    await rename(made, moved);
    await opens(moved);
    const run = (await listRuns(moved)).find(({ record }) => record.title === 'validation');
    const folder = await openRunFolder(run!.folder);
    await runJob(folder.record.request, folder, { signal: new AbortController().signal });
    const written = JSON.parse(await readFile(folder.recordFile, 'utf8')) as { folder: string };
    assert.equal(written.folder, folder.path);
    assert.ok(pathsIn(written).every((path) => path.startsWith(moved)));
    await rename(moved, made);
  });

  test('of an older version opens elsewhere too, and a copy holds to its own files', async () => {
    const copy = join(root, 'copy');
    await cp(made, copy, { recursive: true });
    await opens(copy);
    const moved = join(root, 'older');
    await rename(copy, moved);
    await forgetPlaces(moved);
    await rename(made, join(root, 'gone'));
    // What has everything in base folders names no place in its workspace: nothing tells where that was.
    await opens(moved, ['own folder', 'validation']);
  });
});
