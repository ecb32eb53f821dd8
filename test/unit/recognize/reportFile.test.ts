import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { writeReportPage } from '../../../src/recognize/reportFile';
import { acts, hostileNames } from '../../fixtures/hostileNames';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { lfwReport } from '../../fixtures/webview/lfwReports';

const report = lfwReport({ seed: 1, pairs: 60, spread: 0.6, step: 600 });

test('pictures are those of the folder that the report names, and of no other', async () => {
  const folder = temporaryFolder();
  const pixel = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });
  for (const name of ['images', 'private']) await mkdir(join(folder, name));
  await pixel
    .clone()
    .png()
    .toFile(join(folder, 'images', 'own.png'));
  await pixel
    .clone()
    .png()
    .toFile(join(folder, 'private', 'secret.png'));
  const imagesDir = join(folder, 'images');
  const pageOf = async (image: string): Promise<string> => {
    const distances = report.distances.map((pair) => ({ ...pair, a: image, b: image }));
    const path = join(folder, 'report.html');
    await writeReportPage(path, { ...report, imagesDir, distances });
    return readFile(path, 'utf8');
  };
  assert.match(await pageOf('own.png'), /<img src="data:image\/jpeg/);
  for (const image of ['../private/secret.png', 'x/../../private/secret.png', join(folder, 'private', 'secret.png')]) {
    assert.doesNotMatch(await pageOf(image), /<img/, image);
  }
  for (const name of Object.values(hostileNames)) {
    const page = await pageOf(name);
    assert.doesNotMatch(page, acts);
    assert.doesNotMatch(page, /<img|<script/);
  }
});
