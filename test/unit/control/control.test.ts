import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UserError } from '../../../src/protocol/errors';
import type { RunRecord } from '../../../src/protocol/run';
import { attach } from '../../../src/control/client';
import { openControlServer } from '../../../src/control/controlServer';
import { claimEndpoint, doorOf } from '../../../src/control/endpoint';

const record = (endpoint?: string): RunRecord => ({
  version: 1,
  id: '20260101-000000-test',
  title: 'Test',
  state: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  request: { kind: 'demo', outputDir: '/tmp/x', people: 4, photographs: 4, seed: 1, drawOnly: true },
  worker: { pid: 1, startTime: '1', hostname: 'h', node: '20', ...(endpoint !== undefined && { endpoint }) },
});

describe('control socket', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facenet-control-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const fresh = async (name: string): Promise<string> => {
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    return path;
  };

  test('every attached window hears what happens, in order, and can ask and stop', async () => {
    let stops = 0;
    const server = await openControlServer(await fresh('a'), { stop: () => void stops++, status: () => record('s') });
    const [one, two] = await Promise.all([attach(record(server.endpoint)), attach(record(server.endpoint))]);
    const heard: string[] = [];
    const both = new Promise<void>((resolve) => {
      for (const window of [one, two]) {
        window.onLogged(() => heard.push('logged'));
        window.onRecord((changed) => {
          heard.push(changed.state);
          if (heard.length === 6) resolve();
        });
      }
    });
    assert.equal((await one.status()).worker?.endpoint, 's');
    await two.status();
    for (let i = 0; i < 2; i++) server.logged();
    server.record({ ...record(), state: 'done' });
    await both;
    assert.deepEqual(heard.slice(-1), ['done']);
    assert.deepEqual([...heard].sort(), ['done', 'done', 'logged', 'logged', 'logged', 'logged']);
    await one.stop();
    assert.equal(stops, 1);
    const gone = Promise.all([one, two].map((window) => new Promise<void>((resolve) => window.onClose(resolve))));
    await server.close();
    await gone;
    await assert.rejects(two.status(), /has gone/);
    assert.equal(existsSync(server.endpoint), false);
  });

  test('what a newer worker sends and this version does not know is skipped', async () => {
    const server = await openControlServer(await fresh('b'), { stop: () => undefined, status: () => record() });
    const window = await attach(record(server.endpoint));
    await window.status();
    const heard: string[] = [];
    const done = new Promise<void>((resolve) =>
      window.onRecord(({ state }) => {
        heard.push(state);
        resolve();
      }),
    );
    server.record({ ...record(), state: 'dreaming' as never });
    server.record({ ...record(), state: 'done' });
    await done;
    assert.deepEqual(heard, ['done']);
    window.dispose();
    await server.close();
  });

  test('a socket file left by a killed worker is replaced, a living worker is not', async () => {
    const run = await fresh('c');
    const endpoint = (await doorOf(run)).endpoints[0]!;
    await writeFile(endpoint, '');
    const server = await openControlServer(run, { stop: () => undefined, status: () => record() });
    assert.equal(server.endpoint, endpoint);
    await assert.rejects(
      openControlServer(run, { stop: () => undefined, status: () => record() }),
      (error) => error instanceof UserError && error.message.includes('Another worker'),
    );
    await server.close();
  });

  test('a run folder whose path is too long for a socket gets one in the temporary folder', async () => {
    const run = await fresh(join('d'.repeat(60), 'e'.repeat(60)));
    const { endpoints } = await doorOf(run);
    assert.equal(endpoints.length, 1);
    assert.ok(Buffer.byteLength(endpoints[0]!) <= 103 && !endpoints[0]!.startsWith(run));
    const server = await openControlServer(run, { stop: () => undefined, status: () => record() });
    const window = await attach(record(server.endpoint));
    assert.equal((await window.status()).state, 'running');
    window.dispose();
    await server.close();
  });

  test('where the run folder holds no socket the next place is taken, where none does it is one sentence', async () => {
    const good = join(folder, 'good.sock');
    const server = createServer();
    assert.equal(await claimEndpoint(server, [join(folder, 'no', 'such', 'folder.sock'), good]), good);
    server.close();
    await once(server, 'close');
    await assert.rejects(
      claimEndpoint(createServer(), [join(folder, 'no', 'such', 'folder.sock')]),
      (error) => error instanceof UserError && error.sentence.includes('TMPDIR'),
    );
  });

  test('nobody there is one sentence', async () => {
    await assert.rejects(attach(record(join(folder, 'control.sock'))), /does not answer/);
    await assert.rejects(attach(record()), /no worker to attach to/);
  });
});
