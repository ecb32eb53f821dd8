import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { temporaryWorkspace, until } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

const skip =
  process.platform === 'win32' && 'the stand-in for npm is a script with a first line that Windows does not read';

/**
 * As much of npm as an installation asks for, writing down what it was asked: `install` makes the package, `run install` its
 * library and addon. PACKAGE_SOURCE is the package's program; SCRIPT is what `run install` does.
 */
const standIn = `#!${process.execPath}
const { mkdirSync, writeFileSync, appendFileSync } = require('fs');
const args = process.argv.slice(2);
appendFileSync(process.env.CALLS, args.join(' ') + '\\n');
const prefix = args[args.indexOf('--prefix') + 1];
if (args[0] === 'install') {
  const folder = prefix + '/node_modules/@tensorflow/tfjs-node';
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/package.json', '{ "name": "@tensorflow/tfjs-node", "main": "index.js" }');
  writeFileSync(folder + '/index.js', process.env.PACKAGE_SOURCE);
} else if (process.env.SCRIPT === 'hang') {
  setInterval(() => console.log('[====    ] 12%'), 50);
} else if (process.env.SCRIPT === 'fail') {
  console.error('Error: getaddrinfo ENOTFOUND storage.googleapis.com');
  process.exitCode = 1;
} else {
  for (const file of ['deps/lib/libtensorflow.so.2.9.1', 'deps/lib/libtensorflow.dylib', 'lib/napi-v8/tfjs_binding.node']) {
    mkdirSync(require('path').dirname(prefix + '/' + file), { recursive: true });
    writeFileSync(prefix + '/' + file, '');
  }
}
`;

const working = `
  exports.matMul = (a, b) => ({ dataSync: () => [a[0][0] * b[0][0]] });
  exports.backend = () => ({
    binding: { TF_Version: process.env.TF_FORCE_GPU_ALLOW_GROWTH === 'true' ? '2.9.1' : 'without memory growth' },
    isUsingGpuDevice: false,
  });`;

describe('facenet engine install', { skip, timeout: within(120_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  let folder: string;
  let server: Server;
  let engine: string;
  const marker = (): boolean => existsSync(join(engine, 'node_modules', 'the-engine-before'));
  before(async () => {
    workspace = await temporaryWorkspace();
    folder = workspace.path;
    engine = join(folder, 'engine');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'npm'), standIn, { mode: 0o755 });
    mkdirSync(join(engine, 'node_modules', 'the-engine-before'), { recursive: true });
    writeFileSync(join(engine, 'package.json'), '{ "dependencies": { "@tensorflow/tfjs-node-gpu": "4.22.0" } }');
    server = createServer((_, answer) => answer.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    server.close();
    await workspace.dispose();
  });

  /** Runs the command; `PATH` has the stand-in for npm only. */
  const install = (environment: Record<string, string>, ...flags: string[]) => {
    const calls = join(folder, 'calls.txt');
    writeFileSync(calls, '');
    const program = [distFile('cli.cjs'), 'engine', 'install', '--package', 'tfjs-node', '--into', engine, ...flags];
    const child = spawn(process.execPath, program, {
      cwd: folder,
      env: {
        ...process.env,
        PATH: join(folder, 'bin'),
        HTTPS_PROXY: '',
        https_proxy: '',
        HTTP_PROXY: '',
        http_proxy: '',
        TFJS_NODE_CDN_STORAGE: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        CALLS: calls,
        PACKAGE_SOURCE: working,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
    const ended = new Promise<number | string>((resolve) =>
      child.once('close', (code, signal) => resolve(code ?? signal!)),
    );
    return { child, printed, ended, calls: () => readFileSync(calls, 'utf8') };
  };
  const leavesNothing = (): void => {
    assert.ok(marker(), 'the engine before is there');
    for (const rest of ['.installing', '.previous']) assert.ok(!existsSync(engine + rest), rest);
  };

  test('without a compiler: said before npm is called', async () => {
    const venv = join(folder, 'venv', 'lib', 'python3.12', 'site-packages', 'tensorflow');
    mkdirSync(join(venv, 'include'), { recursive: true });
    writeFileSync(join(venv, 'libtensorflow_cc.so.2'), '');
    const run = install({}, '--tensorflow', join(folder, 'venv'));
    assert.equal(await run.ended, 1);
    if (process.platform === 'linux')
      assert.match(run.printed.stderr, /python3, make, g\+\+, nm must be installed\. Install/);
    assert.equal(run.printed.stderr.trim().split('\n').length, 1, run.printed.stderr);
    assert.equal(run.calls(), '');
    leavesNothing();
  });

  test('a failed download is one sentence with the other ways, and the engine before stays', async () => {
    const run = install({ SCRIPT: 'fail' });
    assert.equal(await run.ended, 1);
    assert.match(
      run.printed.stderr,
      /^facenet: The stock TensorFlow could not be installed: [^\n]*ENOTFOUND storage[^\n]*--python[^\n]*\n$/,
    );
    leavesNothing();
  });

  test('a package that does not load is not installed', async () => {
    const run = install({ PACKAGE_SOURCE: 'throw new Error("libfoo.so.7: cannot open shared object file")' });
    assert.equal(await run.ended, 1);
    assert.match(run.printed.stderr, /does not load, so it is not installed: [^\n]*libfoo\.so\.7[^\n]*provides libfoo/);
    leavesNothing();
  });

  test('Ctrl-C ends npm and its children, and the engine before stays', async () => {
    const run = install({ SCRIPT: 'hang' });
    await until('the download is at work', async () => run.printed.stdout.includes('12%'));
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130);
    assert.match(run.printed.stderr, /nothing is installed, and what was there is as it was/);
    leavesNothing();
  });

  test('killed outright it leaves the engine before, and the next installation takes its place', async () => {
    const run = install({ SCRIPT: 'hang' });
    await until('the download is at work', async () => run.printed.stdout.includes('12%'));
    run.child.kill('SIGKILL');
    await run.ended;
    assert.ok(marker() && existsSync(`${engine}.installing`));

    const again = install({});
    assert.equal(await again.ended, 0, again.printed.stderr);
    assert.match(again.printed.stdout, /TensorFlow 2\.9\.1 is ready, on the CPU \(/);
    // Scripts may be forbidden in npm's settings: the package's own is run on purpose, and no other.
    assert.match(again.calls(), /^install .*--ignore-scripts .*@tensorflow\/tfjs-node@4\.22\.0\nrun install --prefix /);
    assert.ok(!marker() && !existsSync(`${engine}.installing`) && !existsSync(`${engine}.previous`));
    assert.ok(existsSync(join(engine, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node')));
  });

  test('a folder with something of its own is refused', async () => {
    mkdirSync(join(folder, 'project'));
    writeFileSync(join(folder, 'project', 'index.js'), '');
    symlinkSync(join(folder, 'project'), join(folder, 'link'));
    const run = install({}, '--into', join(folder, 'link'));
    assert.equal(await run.ended, 1);
    assert.match(run.printed.stderr, /holds more than an engine \(index\.js\)/);
    assert.equal(run.calls(), '');
  });
});
