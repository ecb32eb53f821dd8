import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FrameRules, MessageFrames, RefusedMessage } from '../../../src/control/messageFrames';

const frame = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function open(rules: Partial<FrameRules> = {}): { frames: MessageFrames; got: string[]; failed: Promise<Error> } {
  const frames = new MessageFrames({ bytes: 1000, ...rules });
  const got: string[] = [];
  frames.on('data', (message: Buffer) => got.push(message.toString()));
  const failed = new Promise<Error>((resolve) => frames.on('error', resolve));
  return { frames, got, failed };
}

describe('messages of a control socket', () => {
  test('come whole, however the bytes come', async () => {
    const messages = ['{"a":1}', '{"name":"Zoë"}', '', '[]'].map(frame);
    for (const size of [1, 2, 7, 30, 10_000]) {
      const { frames, got } = open();
      const bytes = Buffer.from(messages.join(''));
      for (let at = 0; at < bytes.length; at += size) frames.write(bytes.subarray(at, at + size));
      frames.end();
      await once(frames, 'end');
      assert.deepEqual(got, messages, `in pieces of ${size}`);
    }
  });

  test('other fields of the header are passed on', async () => {
    const { frames, got } = open();
    const message = 'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}';
    frames.end(message);
    await once(frames, 'end');
    assert.deepEqual(got, [message]);
  });

  for (const [what, bytes, reason] of [
    ['garbage', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /begins with Content-Length/],
    ['bytes without an end', 'x'.repeat(300), /begins with Content-Length/],
    ['a length below zero', 'Content-Length: -1\r\n\r\n', /begins with Content-Length/],
    ['a length that is no number', 'Content-Length: 1e9\r\n\r\n', /begins with Content-Length/],
    ['a length beyond the largest', 'Content-Length: 1001\r\n\r\n', /1000 bytes at most, this one has 1001/],
    ['a length of twenty digits', `Content-Length: ${'9'.repeat(20)}\r\n\r\n`, /begins with Content-Length/],
  ] as const) {
    test(`${what} ends them with a reason`, async () => {
      const { frames, got, failed } = open();
      frames.write(bytes);
      const error = await failed;
      assert.ok(error instanceof RefusedMessage);
      assert.match(error.message, reason);
      assert.deepEqual(got, []);
    });
  }

  test('a message that does not become whole in time ends them; more bytes give no more time', async () => {
    const { frames, failed } = open({ patience: 60 });
    const drip = setInterval(() => frames.write('C'), 10);
    const started = Date.now();
    assert.match((await failed).message, /No whole message came within 0\.06 s/);
    clearInterval(drip);
    assert.ok(Date.now() - started < 5000);
  });

  test('between two messages there is as much time as one likes', async () => {
    const { frames, got } = open({ patience: 30 });
    frames.write(frame('{}'));
    await sleep(150);
    frames.end(frame('[]'));
    await once(frames, 'end');
    assert.deepEqual(got, [frame('{}'), frame('[]')]);
  });

  test('what came while the event loop was held is read before anybody loses patience', async () => {
    const { frames, got } = open({ patience: 20 });
    const until = Date.now() + 60;
    while (Date.now() < until);
    setImmediate(() => frames.write(frame('{}')));
    await sleep(50);
    assert.deepEqual(got, [frame('{}')]);
    frames.destroy();
  });

  test('nothing is read while there is no room for answers', async () => {
    let make: () => void = () => undefined;
    const { frames, got } = open({ room: async () => new Promise<void>((resolve) => (make = resolve)) });
    frames.write(frame('{}') + frame('[]'));
    await sleep(30);
    assert.deepEqual(got, [frame('{}')]);
    make();
    await sleep(30);
    assert.deepEqual(got, [frame('{}'), frame('[]')]);
    frames.destroy();
  });
});
