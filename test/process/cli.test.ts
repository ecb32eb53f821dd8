import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { registry } from '../../src/cli/registry';
import { distFile, installationRoot } from '../../src/engine/installation';
import { temporaryWorkspace, until } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

const facenet = (argv: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) =>
  spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], {
    encoding: 'utf8',
    ...options,
    env: { ...process.env, ...options.env },
  });

describe('facenet', () => {
  test('tells its commands and its version without loading any', () => {
    const help = facenet(['--help']);
    assert.equal(help.status, 0);
    for (const name of Object.keys(registry)) assert.match(help.stdout, new RegExp(`^  ${name} `, 'm'));
    const manifest = JSON.parse(readFileSync(join(installationRoot(), 'package.json'), 'utf8')) as { version: string };
    assert.equal(facenet(['--version']).stdout, `${manifest.version}\n`);
  });

  for (const [name, entry] of Object.entries(registry)) {
    test(`${name} --help is exit code 0, and its summary is the one in the overview`, async () => {
      const { command } = await entry.load();
      assert.equal(command.name, name);
      assert.equal(command.summary, entry.summary);
      const help = facenet([name, '--help']);
      assert.equal(help.status, 0, help.stderr);
      assert.ok(help.stdout.startsWith(`usage: facenet ${name}`), help.stdout.slice(0, 80));
      const wrong = facenet([name, '--no_such_option_anywhere']);
      assert.equal(wrong.status, 2, wrong.stderr);
      assert.doesNotMatch(wrong.stderr, /^\s+at /m);
    });
  }

  test('wrong usage is exit code 2 and names the choice', () => {
    const none = facenet([]);
    assert.equal(none.status, 2);
    const unknown = facenet(['nosuch']);
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /^facenet: error: there is no command nosuch \(choose from \w+, /);
  });

  test("a user's mistake is exit code 1 and one line without a stack", () => {
    const result = facenet(['inspect', '/no/such/model']);
    assert.equal(result.status, 1);
    assert.match(result.stderr, /^facenet: [^\n]*\/no\/such\/model[^\n]*\n$/);
  });
});

/** A command in a process of its own, with what it has printed so far. */
function start(cwd: string, ...argv: string[]) {
  const child: ChildProcess = spawn(process.execPath, [distFile('cli.cjs'), ...argv], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal!)),
  );
  return { child, printed, ended };
}

describe('facenet and its surroundings', { timeout: within(240_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  const align = () =>
    start(workspace.path, 'align', 'noise', `out-${Math.random()}`, '--detector', 'starter', '--jobs', '1');
  const aligning = (run: ReturnType<typeof start>) =>
    until('it aligns', async () => {
      assert.equal(run.child.exitCode, null, run.printed.stderr);
      return run.printed.stdout.split('\n').filter((line) => line.includes('.png')).length >= 2;
    });
  before(async () => {
    workspace = await temporaryWorkspace();
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 };
    for (const person of ['ann', 'bob']) {
      await mkdir(join(workspace.path, 'noise', person), { recursive: true });
      const image = sharp({ create: { width: 900, height: 900, channels: 3, background: 'black', noise } });
      await image.toFile(join(workspace.path, 'noise', person, `${person}_0001.png`));
      for (let index = 2; index <= 150; index++) {
        const name = `${person}_${String(index).padStart(4, '0')}.png`;
        await copyFile(
          join(workspace.path, 'noise', person, `${person}_0001.png`),
          join(workspace.path, 'noise', person, name),
        );
      }
    }
  });
  after(() => workspace.dispose());
  const posix = process.platform === 'win32' && 'Windows has no signals to send';

  test('Ctrl-C while it starts and while it works is 130 with one sentence', { skip: posix }, async () => {
    const starting = align();
    await until('it has begun', async () => starting.printed.stdout.includes('Creating networks'));
    starting.child.kill('SIGINT');
    assert.equal(await starting.ended, 130);
    const working = align();
    await aligning(working);
    working.child.kill('SIGINT');
    assert.equal(await working.ended, 130);
    assert.match(
      working.printed.stderr,
      /Stopping: finishing the step and saving[^\n]*\n(.*\n)*Stopped by the user[^\n]*\n$/,
    );
    assert.doesNotMatch(working.printed.stderr, /^\s+at /m);
  });

  test('a second Ctrl-C leaves at once', { skip: posix }, async () => {
    const run = align();
    await aligning(run);
    run.child.kill('SIGINT');
    await until('it has heard', async () => run.printed.stderr.includes('Stopping'));
    run.child.kill('SIGINT');
    const end = await run.ended;
    // Either it was faster, or it ends by the signal, which a shell tells as 130.
    assert.ok(end === 'SIGINT' || end === 130, String(end));
  });

  test('under nohup the end of the terminal does not end the job', { skip: posix }, async () => {
    const run = align();
    await aligning(run);
    run.child.kill('SIGHUP');
    const lines = run.printed.stdout.split('\n').length;
    await until('it goes on', async () => run.printed.stdout.split('\n').length > lines + 2);
    run.child.kill('SIGTERM');
    assert.equal(await run.ended, 130);
  });

  test('when nobody reads any more (a pipe into head) it stops without a stack', { skip: posix }, async () => {
    const run = align();
    await aligning(run);
    run.child.stdout!.destroy();
    assert.equal(await run.ended, 130);
    assert.doesNotMatch(run.printed.stderr, /^\s+at |EPIPE/m);
  });

  test('a copy without its built assets says what is missing and how to get it', async () => {
    const copy = join(workspace.path, 'copy');
    await mkdir(join(copy, 'dist'), { recursive: true });
    await copyFile(distFile('cli.cjs'), join(copy, 'dist', 'cli.cjs'));
    await cp(distFile('libraries'), join(copy, 'dist', 'libraries'), { recursive: true });
    await copyFile(join(installationRoot(), 'package.json'), join(copy, 'package.json'));
    await symlink(join(installationRoot(), 'node_modules'), join(copy, 'node_modules'), 'junction');
    const alignWithCopy = () =>
      spawnSync(
        process.execPath,
        [join(copy, 'dist', 'cli.cjs'), 'align', 'noise', 'nothing', '--detector', 'starter'],
        {
          cwd: workspace.path,
          encoding: 'utf8',
        },
      );
    const unbuilt = alignWithCopy();
    assert.equal(unbuilt.status, 1);
    assert.match(
      unbuilt.stderr,
      /^facenet: \S*alignWorker\.cjs is missing\. Build the program again \(npm run build\)\.\n$/,
    );
    await copyFile(distFile('alignWorker.cjs'), join(copy, 'dist', 'alignWorker.cjs'));
    const unarmed = alignWithCopy();
    assert.equal(unarmed.status, 1);
    assert.match(unarmed.stderr, /^facenet: The weights ssd_mobilenetv1_model are not in [^\n]*npm run build[^\n]*\n$/);
  });
});
