import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UserError } from '../../../src/protocol/errors';
import { describeStep, findNodeRuntime } from '../../../src/worker/nodeRuntime';

const skip = process.platform === 'win32' ? 'the stand-ins for old Nodes are shell scripts' : false;

describe('the Node that runs the worker', { skip }, () => {
  let folder = '';
  const script = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
    return path;
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facenet-runtime-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('the setting is first', async () => {
    const setting = await script('mine', 'echo 22.1.0');
    const runtime = await findNodeRuntime({ setting, environment: { FACENET_NODE: '/nowhere', PATH: '' } });
    assert.deepEqual([runtime.executable, runtime.version, runtime.source], [setting, '22.1.0', 'setting']);
    assert.deepEqual(runtime.env, {});
  });

  test('a Node that the user names and that does not serve is an error, not passed over', async () => {
    const old = await script('old', 'echo 18.19.1');
    await assert.rejects(
      findNodeRuntime({ environment: { FACENET_NODE: old, PATH: process.env['PATH'] } }),
      (error) =>
        error instanceof UserError && error.message.includes('FACENET_NODE') && error.message.includes('18.19.1'),
    );
    await assert.rejects(findNodeRuntime({ setting: join(folder, 'nosuch') }), /is not there/);
    const cat = await script('cat', 'echo hello');
    await assert.rejects(findNodeRuntime({ setting: cat }), /is not Node \(it answered "hello"\)/);
  });

  test('an old node on PATH is passed over for the next one, and said', async () => {
    const older = join(folder, 'a');
    const newer = join(folder, 'b');
    await import('node:fs/promises').then((fs) => Promise.all([older, newer].map((path) => fs.mkdir(path))));
    await script('a/node', 'echo 16.0.0');
    await script('b/node', 'echo 20.9.0');
    const runtime = await findNodeRuntime({ environment: { PATH: `${older}:${newer}` } });
    assert.equal(runtime.executable, join(newer, 'node'));
    assert.deepEqual(runtime.steps.map(describeStep), [
      'setting: not set',
      'FACENET_NODE: not set',
      `PATH: ${join(older, 'node')} is Node 16.0.0, older than 20`,
      `PATH: ${join(newer, 'node')} Node 20.9.0`,
    ]);
  });

  test("without any, this process's own serves, as Node where it is Electron", async () => {
    const electron = await script('electron', '[ "$ELECTRON_RUN_AS_NODE" = 1 ] && echo 20.18.1');
    const runtime = await findNodeRuntime({ environment: { PATH: '/nowhere' }, execPath: electron });
    assert.deepEqual([runtime.executable, runtime.env], [electron, { ELECTRON_RUN_AS_NODE: '1' }]);
  });

  test('nothing at all is one sentence that names every link', async () => {
    const execPath = await script('broken', 'exit 3');
    await assert.rejects(
      findNodeRuntime({ environment: { PATH: '' }, execPath }),
      (error) =>
        error instanceof UserError &&
        error.message.includes('setting: not set; FACENET_NODE: not set; PATH: no node on it; this process: '),
    );
  });
});
