import assert from 'node:assert/strict';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { UserError } from '../../../src/protocol/errors';
import { demoRequestSchema } from '../../../src/protocol/job';
import { AboutReader, changeAbout, readAbout } from '../../../src/run/about';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { RunList, findRunFolder } from '../../../src/run/runList';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const workspace = temporaryFolder();
const request = demoRequestSchema.parse({ kind: 'demo', outputDir: 'out' });
const newRun = async (title: string, root = workspace) => createRunFolder(runsDirectory(root), request, title);

describe('what a person says of a run', () => {
  test('is nothing at first, is changed piece by piece, and taken away by null or an empty text', async () => {
    const { path } = await newRun('said');
    assert.deepEqual(await readAbout(path), { tags: [], star: false, archived: false });
    await changeAbout(path, { name: '  The   best one ', tags: ['twins', ' twins', 'week 48'], star: true });
    const said = await changeAbout(path, { note: 'Two lines\nof it.' });
    assert.deepEqual(said, await readAbout(path));
    assert.deepEqual(said, {
      name: 'The best one',
      note: 'Two lines\nof it.',
      tags: ['twins', 'week 48'],
      star: true,
      archived: false,
    });
    assert.deepEqual(await changeAbout(path, { name: null, note: '', tags: [], star: false, archived: true }), {
      tags: [],
      star: false,
      archived: true,
    });
    assert.deepEqual(
      (await readdir(path)).sort(),
      ['about.json', 'run.json'],
      'nothing is left that was written aside',
    );
  });

  test('keeps fields of newer versions', async () => {
    const { path } = await newRun('newer');
    await writeFile(join(path, 'about.json'), JSON.stringify({ star: true, colour: '#09f' }));
    await changeAbout(path, { star: false });
    assert.equal((JSON.parse(await readFile(join(path, 'about.json'), 'utf8')) as { colour: string }).colour, '#09f');
  });

  test('is refused where it is too long, and a damaged file is never written over', async () => {
    const { path } = await newRun('damaged');
    await assert.rejects(changeAbout(path, { name: 'x'.repeat(201) }), /cannot be described so: name/);
    await writeFile(join(path, 'about.json'), '{ "name": ');
    await assert.rejects(readAbout(path), UserError);
    await assert.rejects(changeAbout(path, { star: true }), /about\.json, which holds the name/);
    assert.equal(await readFile(join(path, 'about.json'), 'utf8'), '{ "name": ');
  });

  test('is read again where it has changed, removed and come back included', async () => {
    const { path } = await newRun('followed');
    const reader = new AboutReader(path);
    assert.equal(await reader.look(), false);
    await changeAbout(path, { name: 'first' });
    assert.deepEqual([await reader.look(), reader.about.name, await reader.look()], [true, 'first', false]);
    await rm(join(path, 'about.json'));
    assert.deepEqual([await reader.look(), reader.about.name], [true, undefined]);
    await changeAbout(path, { name: 'second' });
    assert.deepEqual([await reader.look(), reader.about.name], [true, 'second']);
  });
});

describe('the runs of a workspace', () => {
  test('are listed with their names, and again as they have changed since', async () => {
    const root = join(workspace, 'listed');
    const { path } = await newRun('a title', root);
    const { path: other } = await newRun('another', root);
    const list = new RunList();
    const names = async (): Promise<string[]> => (await list.list(root)).map(({ name }) => name).sort();
    assert.deepEqual(await names(), ['a title', 'another']);
    await changeAbout(path, { name: 'Renamed' });
    await rm(other, { recursive: true });
    assert.deepEqual(await names(), ['Renamed']);
    assert.deepEqual(await Promise.all([names(), names()]), [['Renamed'], ['Renamed']]);
  });

  test('are listed where what was said of one is damaged, which is told once', async () => {
    const root = join(workspace, 'half');
    const { path } = await newRun('readable', root);
    await writeFile(join(path, 'about.json'), '[]');
    const list = new RunList();
    const problems: string[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const [run] = await list.list(root, ({ message }) => problems.push(message));
      assert.equal(run?.name, 'readable');
    }
    assert.equal(problems.length, 1);
  });

  test('are found by the names that were given to them, whole or their beginnings', async () => {
    const root = join(workspace, 'found');
    const [twins, twin] = [await newRun('x', root), await newRun('y', root)];
    await changeAbout(twins.path, { name: 'Twins, again' });
    await changeAbout(twin.path, { name: 'Twins' });
    assert.equal((await findRunFolder(root, 'twins')).path, twin.path);
    assert.equal((await findRunFolder(root, 'Twins, a')).path, twins.path);
    await assert.rejects(findRunFolder(root, 'Tw'), /"Tw" may mean .* or /);
  });
});
