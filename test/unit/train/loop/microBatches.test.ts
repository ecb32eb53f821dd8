// What a run does where an engine has no memory for a batch: half as many images, written down, said and saved.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutOfMemoryError } from '../../../../src/engine/outOfMemory';
import type { Journal } from '../../../../src/journal/journal';
import type { Recovery } from '../../../../src/protocol/recovery';
import type { RunRecord } from '../../../../src/protocol/run';
import { MicroBatches } from '../../../../src/train/loop/microBatches';
import { planPhases, type PlannedPhase } from '../../../../src/train/plan/phases';
import type { StepGradients } from '../../../../src/train/step/stepGradients';

const stages = [{ name: 'First', build: () => undefined as never }];
const [frozen, updated] = planPhases(
  { stages, lastBlock: 'First' },
  (['frozen', 'update'] as const).map((batchNorm) => ({
    ...{ name: batchNorm, trainableFrom: 'All', epochs: 1, learningRate: 1, batchNorm },
  })),
  1,
) as [PlannedPhase, PlannedPhase];
const given = {} as StepGradients;

/** A run whose engine has room for `room` images at a time; what becomes of a batch is told in the order in which it happens. */
function open(
  room: number,
  {
    unit = 1,
    configured,
    recovery,
    error = new OutOfMemoryError('no more is given'),
  }: { unit?: number; configured?: number; recovery?: Recovery; error?: Error } = {},
) {
  const happened: string[] = [];
  const messages: string[] = [];
  let recorded = recovery;
  const attempt = (largest: number): StepGradients => {
    happened.push(`${largest} tried`);
    if (largest > room) throw error;
    return given;
  };
  const context = {
    async update({ recovery: changed }: Partial<RunRecord>) {
      happened.push('recorded');
      recorded = changed;
    },
  };
  const journal = {
    tell(_fact: string, { message }: { message: string }) {
      happened.push('told');
      messages.push(message);
    },
  } as unknown as Journal;
  const parts = { state: { step: 6 }, engine: 'The engine', journal, context };
  const microBatches = new MicroBatches(parts, configured, recovery);
  const save = async (): Promise<void> => void happened.push('saved');
  const step = async (images: number, phase = frozen) => microBatches.within(images, unit, phase, save, attempt);
  return { step, happened, messages, recorded: () => recorded };
}

test('it is written down, told and saved before it is tried again, so that what goes on from there computes the same', async () => {
  const { step, happened, messages, recorded } = open(3);
  assert.equal(await step(12), given);
  const again = ['recorded', 'told', 'saved'];
  assert.deepEqual(happened, ['12 tried', ...again, '6 tried', ...again, '3 tried']);
  assert.equal(recorded()!.microBatch, 3);
  assert.deepEqual(
    recorded()!.attempts.map(({ cause, step: at, microBatch }) => [cause, at, microBatch]),
    [
      ['memory', 7, 6],
      ['memory', 7, 3],
    ],
  );
  assert.match(messages[0]!, /^The engine had too little free memory for 12 images at step 7\. .* takes 6 at a time/);
  assert.match(messages[0]!, /adds up their gradients: the batch of a step stays 12\.$/);
  happened.length = 0;
  await step(12);
  assert.deepEqual(happened, ['3 tried'], 'it stays so');
});

test('where batch norms learn, it is said that they see the statistics of fewer images', async () => {
  const { step, messages } = open(3);
  await step(6, updated);
  assert.match(messages[0]!, /the batch of a step stays 6, while batch norms see the statistics of as few images\.$/);
});

test('what the run came to before and what is configured hold from the first step on, the smaller one', async () => {
  for (const [configured, before] of [
    [4, 8],
    [8, 4],
    [undefined, 4],
    [4, undefined],
  ]) {
    const { step, happened } = open(100, { configured, recovery: { microBatch: before, attempts: [] } });
    await step(12);
    assert.deepEqual(happened, ['4 tried']);
  }
});

test('one image, or one triplet, that does not fit is the engine’s error, and so is any other failure', async () => {
  await assert.rejects(open(0).step(2), OutOfMemoryError);
  const { step, happened } = open(2, { unit: 3 });
  await assert.rejects(step(6), OutOfMemoryError);
  assert.deepEqual(
    happened.filter((one) => one.endsWith('tried')),
    ['6 tried', '3 tried'],
  );
  const broken = open(1, { error: new TypeError('something else') });
  await assert.rejects(broken.step(2), TypeError);
  assert.deepEqual(broken.happened, ['2 tried'], 'it has nothing to do with memory');
});
