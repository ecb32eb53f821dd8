import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { installationRoot } from '../../src/engine/installation';

describe('the reporter of npm test', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facenet-reporter-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const report = async (...sources: string[]): Promise<{ status: number | null; lines: string[] }> => {
    const files = sources.map((_, index) => join(folder, `${index}.test.cjs`));
    await Promise.all(
      files.map((file, index) =>
        writeFile(file, `const { test, describe } = require('node:test');\n${sources[index]!}`),
      ),
    );
    const reporter = join(installationRoot(), 'scripts', 'testReporter.mjs');
    // The runner marks its children in the environment; one inside another must not take itself for a child.
    const environment = { ...process.env, NODE_TEST_CONTEXT: undefined };
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', ...files],
      { cwd: folder, encoding: 'utf8', env: environment },
    );
    await Promise.all(files.map((file) => rm(file)));
    return { status, lines: stdout.trimEnd().split('\n') };
  };

  test('does not tell of what a name pattern leaves out', async () => {
    const { lines } = await report(
      `test('asked', () => {}); test('other', { skip: 'test name does not match pattern' }, () => {});`,
    );
    assert.deepEqual(lines, ['1 passed, 0 failed, 0 skipped']);
  });

  test('counts tests, not their groups or files', async () => {
    const { status, lines } = await report(
      `describe('g', () => { test('a', () => {}); describe('h', () => { test('b', () => {}); }); });`,
      `test('parent', async (t) => { await t.test('c', () => {}); await t.test('d', () => {}); });`,
    );
    assert.equal(status, 0);
    assert.deepEqual(lines, ['4 passed, 0 failed, 0 skipped']);
  });

  test('a failure counts once, with its message; so does a file that cannot be loaded, and a failing group hook', async () => {
    const nested = await report(
      `describe('g', () => { test('a', () => { throw new Error('boom'); }); test('b', () => {}); });`,
    );
    assert.equal(nested.status, 1);
    assert.equal(nested.lines[0], 'not ok: a (0.test.cjs)');
    assert.equal(nested.lines[1], '    Error: boom');
    assert.equal(nested.lines.at(-1), '1 passed, 1 failed, 0 skipped');

    const broken = await report(`throw new Error('at load');`, `test('a', () => {});`);
    assert.equal(broken.status, 1);
    assert.equal(broken.lines.at(-1), '1 passed, 1 failed, 0 skipped');

    const hook = await report(
      `describe('g', () => { require('node:test').after(() => { throw new Error('late'); }); test('a', () => {}); });`,
    );
    assert.equal(hook.lines.at(-1), '1 passed, 1 failed, 0 skipped');
  });

  test('skips are told by reason, and one without a reason is a failure', async () => {
    const { lines } = await report(
      `test('a', { skip: 'needs X' }, () => {}); test('b', { skip: 'needs X' }, () => {}); test('c', (t) => t.skip('no Y'));`,
    );
    assert.deepEqual(lines, [
      'skipped 2: needs X',
      '    a',
      '    b',
      'skipped 1: no Y',
      '    c',
      '0 passed, 0 failed, 3 skipped',
    ]);
    const silent = await report(`test('a', { skip: true }, () => {});`);
    assert.equal(silent.lines.at(-1), '0 passed, 1 failed, 0 skipped');
    const group = await report(`describe('g', { skip: 'needs Z' }, () => { test('a', () => {}); });`);
    assert.deepEqual(group.lines.slice(0, 1), ['skipped 1: needs Z']);
  });
});
