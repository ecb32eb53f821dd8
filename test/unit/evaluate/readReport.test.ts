import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readReport } from '../../../src/evaluate/readReport';
import { writeReport } from '../../../src/evaluate/writeReport';
import { UserError } from '../../../src/protocol/errors';
import { lfwReport } from '../../fixtures/webview/lfwReports';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const report = lfwReport({ seed: 1, pairs: 40, spread: 0.5, step: 3 });

async function refusal(value: unknown): Promise<string> {
  const path = join(folder, 'report.json');
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return readReport(path).then(
    () => assert.fail('read'),
    (error: unknown) => (error instanceof UserError ? error.message : assert.fail(String(error))),
  );
}

test('a report whose folds or curve lack a figure is refused, with the place', async () => {
  const { accuracy, roc } = report;
  const folds = { ...accuracy, thresholds: accuracy.thresholds.slice(1) };
  assert.match(
    await refusal({ ...report, accuracy: folds }),
    /report\.json .*: accuracy: not every fold has its thresh/,
  );
  const curve = { ...roc, fpr: roc.fpr.slice(1) };
  assert.match(await refusal({ ...report, roc: curve }), /: roc: not every threshold has its rates/);
  const [first, ...rest] = accuracy.perFold;
  const torn = { ...accuracy, perFold: [null, ...rest] };
  assert.ok(first !== undefined);
  assert.match(await refusal({ ...report, accuracy: torn }), /: accuracy\.perFold\.0: .*null/);
  assert.match(await refusal('{"version": 1'), /report\.json is not an LFW report of this version: .*JSON/);
});

test('the images of a report are found after its workspace was moved; those outside stay where they are', async () => {
  const before = join(folder, 'before');
  const file = join('.facenet', 'runs', '20260302-090000-r', 'evaluations', 'lfw.json');
  const images = join(before, 'aligned', 'lfw');
  for (const path of [images, dirname(join(before, file))]) await mkdir(path, { recursive: true });
  await writeReport(join(before, file), { ...report, imagesDir: images });
  assert.equal((await readReport(join(before, file))).imagesDir, images);
  const after = join(folder, 'after');
  await rename(before, after);
  assert.equal((await readReport(join(after, file))).imagesDir, join(after, 'aligned', 'lfw'));
  await rename(join(after, 'aligned'), join(after, 'elsewhere'));
  assert.equal((await readReport(join(after, file))).imagesDir, images, 'where they were, as the page says');

  await writeReport(join(after, file), { ...report, imagesDir: folder });
  const outside = await readReport(join(after, file));
  assert.deepEqual([outside.imagesDir, outside.imagesFromReport], [folder, undefined]);
});
