// Who may come in at the control socket, and what becomes of those who send what no window sends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import { chmod, chown, lstat, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { type Socket, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { attach } from '../../../src/control/client';
import { type ControlServer, openControlServer } from '../../../src/control/controlServer';
import { type Door, claimEndpoint, doorOf, isOwnDoor } from '../../../src/control/endpoint';
import type { RunRecord } from '../../../src/protocol/run';
import { within } from '../../fixtures/deadlines.mjs';

const onWindows = process.platform === 'win32';
const noModes = onWindows && 'Windows has no modes of files';
const record = (endpoint: string): RunRecord => ({
  version: 1,
  id: '20260101-000000-doors',
  title: 'Doors',
  state: 'running',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  request: { kind: 'demo', outputDir: '/tmp/x', people: 4, photographs: 4, seed: 1, drawOnly: true },
  worker: { pid: 1, startTime: '1', hostname: 'h', node: '20', endpoint },
});
const frame = (message: unknown): string => {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const status = { jsonrpc: '2.0', id: 1, method: 'status' };

/** All that comes until the other side ends the connection. */
async function heardUntilEnd(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (data) => (heard += data.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'close', { signal: AbortSignal.timeout(within(20_000)) });
  return heard;
}

describe('the door of a worker', () => {
  let folder = '';
  let count = 0;
  const servers: ControlServer[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facenet-doors-'));
  });
  after(async () => {
    await Promise.all(servers.map(async (server) => server.close()));
    await rm(folder, { recursive: true, force: true });
  });
  let stops = 0;
  let questions = 0;
  const opened = async (door?: Door): Promise<ControlServer> => {
    const run = join(folder, `run${count++}`);
    await mkdir(run);
    const answers = {
      stop: () => void stops++,
      status() {
        questions++;
        return record('here');
      },
    };
    const server = await openControlServer(run, answers, door);
    servers.push(server);
    return server;
  };

  test('the socket is its owner’s alone, whatever the mask of new files', { skip: noModes }, async () => {
    for (const mask of [0o022, 0o000]) {
      const before = process.umask(mask);
      const server = await opened().finally(() => process.umask(before));
      assert.equal((await lstat(server.endpoint)).mode & 0o777, 0o600);
      assert.equal(process.umask(), before, 'the mask is as it was');
    }
  });

  test('and is so from the moment that it is made, before its mode is set', { skip: noModes }, async (t) => {
    t.mock.method(fs, 'chmodSync', () => undefined);
    const before = process.umask(0);
    const server = await opened().finally(() => process.umask(before));
    assert.equal((await lstat(server.endpoint)).mode & 0o077, 0);
    assert.ok(server.endpoint.startsWith(folder), server.endpoint);
  });

  test('among the temporary files it is in a folder of the user’s own', { skip: noModes }, async () => {
    const temporary = join(folder, 'tmp');
    await mkdir(temporary, { mode: 0o777 });
    const { endpoints } = await doorOf(join('/nowhere', 'x'.repeat(120)), process.platform, temporary);
    assert.equal(endpoints.length, 1);
    const own = join(temporary, `facenet-${process.getuid!()}`);
    const server = createServer();
    assert.equal(await claimEndpoint(server, endpoints), endpoints[0]);
    assert.equal((await lstat(own)).mode & 0o777, 0o700);
    server.close();
    await once(server, 'close');

    await chmod(own, 0o755);
    await assert.rejects(claimEndpoint(createServer(), endpoints), /is open to other users/);
    await rm(own, { recursive: true });
    await mkdir(join(temporary, 'elsewhere'), { mode: 0o700 });
    await symlink(join(temporary, 'elsewhere'), own);
    await assert.rejects(claimEndpoint(createServer(), endpoints), /is no folder/);
  });

  test(
    'no socket is put into the folder of another user',
    { skip: noModes || (process.getuid!() !== 0 && 'only root can make a folder of somebody else') },
    async () => {
      const theirs = join(folder, 'theirs');
      await mkdir(theirs);
      await chown(theirs, 12345, 12345);
      const next = join(folder, 'next.sock');
      const server = createServer();
      assert.equal(await claimEndpoint(server, [join(theirs, 'control.sock'), next]), next);
      server.close();
    },
  );

  test('a record’s endpoint is not connected to when it is no door of ours', async () => {
    const server = createServer();
    let came = 0;
    server.on('connection', () => came++);
    const elsewhere = onWindows ? '\\\\.\\pipe\\docker_engine_test' : join(folder, 'docker.sock');
    server.listen(elsewhere);
    await once(server, 'listening');
    await assert.rejects(attach(record(elsewhere)), /is not the control socket of a worker of yours/);
    assert.equal(came, 0);
    server.close();
    for (const name of ['\\\\evil.example\\pipe\\facenet-0123456789abcdef', '/etc/passwd', '', join(folder, 'run0')]) {
      assert.equal(await isOwnDoor(name), false, name);
    }
  });

  const invalid: [string, string][] = [
    ['garbage', '\x00\x01\x02garbage\r\n\r\n'],
    ['no JSON', frame('{"jsonrpc":')],
    ['JSON that is no message', frame({ hello: 'there' })],
    ['a list of messages', frame([status])],
    ['an answer to nothing', frame({ jsonrpc: '2.0', id: 1, result: 1 })],
    ['a method of a million letters', `Content-Length: 1000050\r\n\r\n{"method":"${'x'.repeat(1_000_000)}`],
    ['an id that is a list', frame({ ...status, id: [[[]]] })],
    ['brackets upon brackets', frame('['.repeat(4000))],
  ];
  for (const [what, bytes] of invalid) {
    test(`${what} is ended with a reason, and nobody else notices`, async () => {
      const server = await opened();
      const window = await attach(record(server.endpoint));
      const socket = connect(server.endpoint);
      const heard = heardUntilEnd(socket);
      socket.write(bytes);
      assert.match(
        await heard,
        /^Content-Length: \d+\r\n\r\n\{"jsonrpc":"2.0","id":null,"error":\{"code":-32600,"message":"A message /,
      );
      assert.equal((await window.status()).state, 'running');
      window.dispose();
    });
  }

  test('a hundred megabytes without an end are dropped, not kept', async () => {
    const server = await opened();
    const socket = connect(server.endpoint);
    const heard = heardUntilEnd(socket);
    const piece = Buffer.alloc(1 << 20, 'x');
    const start = process.memoryUsage().rss;
    let most = 0;
    for (let i = 0; i < 100 && !socket.destroyed; i++) {
      if (!socket.write(piece))
        await Promise.race([once(socket, 'drain').catch(() => undefined), once(socket, 'close')]);
      most = Math.max(most, process.memoryUsage().rss - start);
    }
    assert.match(await heard, /begins with Content-Length/);
    assert.ok(most < 50e6, `${(most / 1e6).toFixed(0)} MB more than before`);
  });

  test('a flood of questions whose answers nobody reads stands still', async () => {
    const server = await opened();
    const socket = connect(server.endpoint);
    socket.on('error', () => undefined);
    socket.pause();
    const before = questions;
    const flood = 20_000;
    socket.write(frame(status).repeat(flood));
    let heard = -1;
    while (questions !== heard || questions === before) {
      heard = questions;
      await sleep(within(300));
    }
    assert.ok(questions - before < flood / 4, `${questions - before} were heard`);
    const window = await attach(record(server.endpoint));
    assert.equal((await window.status()).state, 'running', 'others are heard');
    window.dispose();
    socket.destroy();
  });

  test('beyond thirty-two connections nobody is let in, until some have gone', async () => {
    const server = await opened();
    const crowd = Array.from({ length: 60 }, () => connect(server.endpoint));
    let turnedAway = 0;
    for (const socket of crowd) socket.on('error', () => undefined).on('close', () => turnedAway++);
    const deadline = Date.now() + within(5000);
    while (turnedAway < 28 && Date.now() < deadline) await sleep(20);
    assert.equal(turnedAway, 28);
    for (const socket of crowd) socket.destroy();
    await sleep(100);
    const window = await attach(record(server.endpoint));
    assert.equal((await window.status()).state, 'running');
    window.dispose();
  });

  test('where there is a password, nothing is told and nothing done without it', async () => {
    const path = onWindows ? `\\\\.\\pipe\\facenet-${'ab'.repeat(8)}` : join(folder, 'control.sock');
    const server = await opened({ endpoints: [path], password: 'secret' });
    const mute = connect(path);
    let heard = '';
    mute.on('data', (data) => (heard += data.toString()));
    await once(mute, 'connect');
    const window = await attach(record(path), 'secret');
    const told = new Promise<void>((resolve) => window.onLogged(resolve));
    assert.equal((await window.status()).state, 'running');
    server.logged();
    server.record(record('secret things'));
    await told;
    await sleep(50);
    assert.equal(heard, '', 'who has said nothing is told nothing');
    window.dispose();
    mute.destroy();

    for (const first of [status, { ...status, method: 'hello', params: { password: 'wrong' } }]) {
      const socket = connect(path);
      const answer = heardUntilEnd(socket);
      socket.write(frame(first) + frame({ ...status, method: 'stop' }));
      assert.match(await answer, /"id":null,"error".*(The first message is hello|The password is wrong)/);
    }
    assert.equal(stops, 0);
    const wrong = await attach(record(path), 'guess');
    await assert.rejects(wrong.status(), /has gone/);
  });
});
