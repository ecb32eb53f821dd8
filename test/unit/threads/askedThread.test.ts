import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AskedThread } from '../../../src/threads/askedThread';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

function threadOf(source: string): AskedThread<string, string> {
  const program = join(temporaryFolder(), 'program.cjs');
  writeFileSync(program, source);
  return new AskedThread(program, 'counts');
}

for (const [how, source, reason] of [
  ['ends', "require('node:worker_threads').parentPort.on('message', () => process.exit(3))", 'ended with code 3'],
  ['fails', "require('node:worker_threads').parentPort.on('message', () => nothing())", 'has failed (nothing is not'],
  ['cannot be begun', 'this is no program', 'has failed (Unexpected identifier'],
] as const) {
  test(`where a thread ${how}, whoever waits for it and whoever asks it later hears so`, async () => {
    const thread = threadOf(source);
    const isSo = ({ message }: Error): boolean => message.startsWith(`a thread that counts ${reason}`);
    const asked = [thread.ask('one'), thread.ask('two')];
    for (const question of asked) await assert.rejects(question, isSo);
    await assert.rejects(thread.ask('three'), isSo);
    assert.equal(thread.open, 0);
    await thread.close();
  });
}

test('answers find their questions, in whatever order they come', async () => {
  const thread = threadOf(`
    const { parentPort } = require('node:worker_threads');
    const asked = [];
    parentPort.on('message', ({ id, question }) => {
      asked.unshift({ id, answer: question + '!' });
      if (asked.length === 3) for (const answer of asked) parentPort.postMessage(answer);
    });`);
  const answers = ['one', 'two', 'three'].map(async (question) => thread.ask(question));
  assert.equal(thread.open, 3);
  assert.deepEqual(await Promise.all(answers), ['one!', 'two!', 'three!']);
  assert.equal(thread.open, 0);
  await thread.close();
});

test('a thread keeps its process alive while it is asked something, and only then', async () => {
  const keeping = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  const before = keeping();
  const thread = threadOf("require('node:worker_threads').parentPort.on('message', () => undefined)");
  assert.equal(keeping(), before);
  const asked = thread.ask('one');
  assert.equal(keeping(), before + 1);
  await thread.close();
  await assert.rejects(asked, /ended with code \d/);
  assert.equal(keeping(), before);
});
