import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { extension, png, remove, run, workspace, write, writeDataset } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';

describe('The result of an alignment', () => {
  const crop = (): string => workspace('found_160', 'Ada', 'Ada_0001.png');
  before(async () => {
    writeDataset('found', { Grace: 2 });
    write('found/Ada/Ada_0001.png', png(200, 160, [90, 120, 60]));
    const how = { version: 1, detector: 'starter', alignment: 'box', imageSize: 160, margin: 32, upright: true };
    const rest = { detectMultipleFaces: false, source: workspace('found'), createdAt: '2026-01-01T00:00:00Z' };
    writeDataset('found_160', { Grace: 2 });
    write('found_160/alignment.json', JSON.stringify({ ...how, ...rest }));
    const lines = [
      { outcome: 'noFace', image: 'Ada/Ada_0001.png', size: [200, 160] },
      // A log is a file like any other.
      { outcome: 'noFace', image: '../outside.png', size: [200, 160] },
    ];
    write('found_160/images.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    (await extension()).library.refresh();
  });
  after(async () => {
    const { panels, library } = await extension();
    for (const panel of panels.all) panel.close();
    for (const path of ['found', 'found_160']) remove(path);
    library.refresh();
  });

  it('is a page with what was not found, from where a face is cut out by hand', async function () {
    const { value, notices } = await run<number>('facenet.showAlignment', workspace('found_160'));
    assert.equal(value, 1, notices[0]?.text);
    if (!hasOutside) skip(this, 'the page is used from outside');
    // The text as it is painted: rows are only painted once they come into sight.
    await eventually('the row of what was not found', async () =>
      /Not found \(1\)\s+Ada\/Ada_0001\.png/.test(await outside<string>('webviewText', { selector: '.findings' })),
    );
    await outside('screenshot', { name: 'alignment-page' });
    await outside('webviewClick', { selector: '.box-editor vscode-button' });
    await eventually('the crop', () => existsSync(crop()));
    await eventually('what was done', async () =>
      (await outside<string>('webviewText', { selector: '.editor-state' })).includes('corrected by hand'),
    );
  });

  it('of a folder that no alignment has made is a sentence', async () => {
    const { notices } = await run('facenet.showAlignment', workspace('found'));
    assert.match(notices[0]!.text, /was not made by an alignment\. Align a dataset/);
  });
});
