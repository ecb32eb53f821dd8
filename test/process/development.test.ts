// What those who develop the workbench start from their editor and their terminal.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'jsonc-parser/lib/esm/main.js';
import { installationRoot } from '../../src/engine/installation';
import { within } from '../fixtures/deadlines.mjs';
import { until } from '../fixtures/runs';

const root = installationRoot();
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

interface Launches {
  configurations: { name: string; preLaunchTask?: string; program?: string; args?: string[] }[];
  inputs: { id: string }[];
}

interface Tasks {
  tasks: {
    label: string;
    type: string;
    script?: string;
    command?: string;
    args?: string[];
    dependsOn?: string;
    problemMatcher: { pattern: { regexp: string }; background: { beginsPattern: string; endsPattern: string } };
  }[];
}

const launches = parse(read('.vscode/launch.json')) as Launches;
const { tasks } = parse(read('.vscode/tasks.json')) as Tasks;
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Starts a program of the checkout; `lines` is what it has printed so far. */
function start(...args: string[]) {
  // The runner marks its children in the environment; one inside another must not take itself for a child.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, lines: () => printed.split('\n') };
}

describe('for people who develop it', { timeout: within(120_000) }, () => {
  test('what F5 and the tasks name is there', () => {
    const labels = new Set(tasks.map(({ label }) => label));
    const inputs = new Set(launches.inputs.map(({ id }) => id));
    for (const { name, preLaunchTask, program, args = [] } of launches.configurations) {
      assert.ok(preLaunchTask === undefined || labels.has(preLaunchTask), name);
      const source = program?.replace('${workspaceFolder}/', '');
      assert.ok(source === undefined || source.startsWith('dist/') || existsSync(join(root, source)), name);
      for (const [, id] of args.join(' ').matchAll(/\$\{input:(\w+)\}/g)) assert.ok(inputs.has(id!), `${name}: ${id}`);
    }
    for (const { label, type, script, dependsOn } of tasks) {
      if (type === 'npm') assert.ok(script !== undefined && script in scripts, label);
      assert.ok(dependsOn === undefined || labels.has(dependsOn), label);
    }
  });

  test('a watch says when it has built and where an error is, in the words that the editor waits for', async () => {
    const { pattern, background } = tasks.find(({ label }) => label === 'watch')!.problemMatcher;
    const [begins, ends] = [new RegExp(background.beginsPattern), new RegExp(background.endsPattern)];
    // A file of its own, so that no other test meets a program that does not build.
    const broken = join(root, 'dist', `broken-${process.pid}.ts`);
    writeFileSync(broken, 'export const x: number = ;\n');
    const { child, ended, lines } = start('-e', watchSource(broken));
    try {
      await until('it has told the error', async () => lines().some((line) => ends.test(line)));
      const [first, error, last] = lines();
      assert.match(first!, begins);
      const [, file, line, column] = new RegExp(pattern.regexp).exec(error!)!;
      assert.deepEqual([join(root, file!), line, column], [broken, '1', '26']);
      assert.match(last!, /^watch: 1 error in /);
      writeFileSync(broken, 'export const x: number = 1;\n');
      await until('it has built', async () => lines().some((one) => one.startsWith('watch: built in ')));
      assert.equal(
        lines().filter((one) => begins.test(one) || ends.test(one)).length,
        4,
        'a beginning and an end of both',
      );
    } finally {
      child.kill();
      await ended;
      rmSync(broken, { force: true });
    }
  });

  test('one test is run by its file, and by its title, without the others', async () => {
    const byFile = start('scripts/test.mjs', '--name', 'test\\unit\\files\\histogram.test.ts');
    assert.equal(await byFile.ended, 0);
    assert.ok(byFile.lines().includes('test/unit/files/histogram.test.ts'));
    const byTitle = start('scripts/test.mjs', 'unit', '--name', 'buckets of tf.summary.HISTOGRAM');
    assert.equal(await byTitle.ended, 0);
    assert.equal(byTitle.lines().at(-2), '1 passed, 0 failed, 0 skipped');
    const none = start('scripts/test.mjs', 'unit', '--name', `no test is called ${'so'}`);
    assert.equal(await none.ended, 2);
  });
});

/** A program that watches one file as esbuild.config.mjs does all. */
function watchSource(file: string): string {
  return `
    const { context } = require('esbuild');
    import('./scripts/watchReport.mjs').then(async ({ WatchReport }) => {
      const report = new WatchReport(['broken']);
      const options = { entryPoints: [${JSON.stringify(file)}], write: false, logLevel: 'silent', plugins: [report.plugin('broken')] };
      await (await context(options)).watch();
    });`;
}
