import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoRequestSchema, trainRequestSchema } from '../../../src/protocol/job';
import { type RunRecord, runRecordSchema } from '../../../src/protocol/run';
import { type Circumstances, failureOf } from '../../../src/worker/failure';
import { Restarts } from '../../../src/worker/restarts';

const request = trainRequestSchema.parse({
  kind: 'train',
  config: {
    dataDir: 'faces',
    phases: [{ name: 'all', trainableFrom: 'Logits', epochs: 1, learningRate: 1 }],
    batchSize: 90,
  },
});
const record = (more: Partial<RunRecord> = {}): RunRecord =>
  runRecordSchema.parse({
    version: 1,
    id: 'run',
    title: 'run',
    state: 'running',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    request,
    checkpoint: { step: 100, prefix: 'ckpt-100' },
    engines: { training: 'TensorFlow 2.9', forward: 'ONNX Runtime on the CPU' },
    ...more,
  });
const crash = (step: number) => ({ cause: 'crash' as const, what: 'It crashed', step });
const memory = (step: number) => ({ cause: 'memory' as const, what: 'It was killed', step });

test('three times at most, and only for a later step than the last time', () => {
  const restarts = new Restarts();
  for (const step of [120, 130, 140])
    assert.deepEqual(restarts.decide(crash(step), record()), { restart: true, cause: 'crash' });
  const fourth = restarts.decide(crash(150), record());
  assert.ok(!fourth.restart && fourth.why === 'It was started again 3 times.');
  assert.match(fourth.action, /facenet doctor.*then resume from step 100\.$/);

  const again = new Restarts();
  assert.ok(again.decide(crash(120), record()).restart);
  const same = again.decide(crash(120), record());
  assert.ok(!same.restart && same.why.includes('no farther than step 120'));
});

test('a later failure of another cause counts like one of the same', () => {
  const restarts = new Restarts();
  assert.ok(restarts.decide(memory(120), record()).restart);
  for (const failure of [memory(120), crash(120), crash(119)]) {
    const again = restarts.decide(failure, record());
    assert.ok(!again.restart && again.why.includes('no farther than step 120'));
  }
  assert.ok(restarts.decide(crash(121), record()).restart);
});

test('want of memory halves the images per pass, down to one', () => {
  const restarts = new Restarts();
  assert.deepEqual(restarts.decide(memory(1), record()), { restart: true, cause: 'memory', microBatch: 45 });
  const halved = record({ recovery: { microBatch: 45, attempts: [] } });
  assert.deepEqual(restarts.decide(memory(2), halved), { restart: true, cause: 'memory', microBatch: 23 });
  const single = restarts.decide(memory(3), record({ recovery: { microBatch: 1, attempts: [] } }));
  assert.ok(!single.restart && single.why.includes('one image at a time'));
  assert.match(single.action, /smaller batch_size/);
});

test('what somebody has ended, and what is no training, is not started again', () => {
  const killed = new Restarts().decide(
    { cause: undefined, what: 'It was killed', step: 3 },
    record({ checkpoint: undefined }),
  );
  assert.deepEqual(killed, { restart: false, why: '', action: 'Look at worker.log, then start it again.' });
  const demo = demoRequestSchema.parse({ kind: 'demo', outputDir: 'x' });
  const drawing = new Restarts().decide(crash(0), record({ request: demo }));
  assert.ok(!drawing.restart && drawing.why.includes('Only a training'));
});

const circumstances = (more: Partial<Circumstances>): Circumstances => ({
  record: record(),
  end: { code: null, signal: 'SIGKILL', pulse: { type: 'alive', unit: 'step', step: 7, residentBytes: 1 } },
  hang: undefined,
  memoryEvidence: undefined,
  lastWords: [],
  ...more,
});
const ended = (code: number | null, signal: NodeJS.Signals | null, unit: 'step' | 'images' | 'saving' = 'step') => ({
  ...{ code, signal, pulse: { type: 'alive' as const, unit, step: 7, residentBytes: 1 } },
});

for (const [name, about, cause, what] of [
  ['killed without evidence', {}, undefined, /killed from outside in step 7, and nothing shows/],
  ['killed with evidence', { memoryEvidence: 'counted' }, 'memory', /in step 7 because memory ran out \(counted\)/],
  [
    'a crash of the engine that trains',
    { end: ended(null, 'SIGSEGV') },
    'crash',
    /SIGSEGV; TensorFlow 2\.9 was at work/,
  ],
  ['a crash as a shell tells it', { end: ended(139, null, 'images') }, 'crash', /SIGSEGV; ONNX.*or the decoder/],
  [
    'an access violation of Windows',
    { end: ended(0xc0000005, null, 'saving') },
    'crash',
    /while it saved step 7 \(exit code 0xc0000005/,
  ],
  [
    'a heap that is full',
    { end: ended(null, 'SIGABRT'), lastWords: ['FATAL ERROR: Reached heap limit - JavaScript heap out of memory'] },
    'memory',
    /ended itself in step 7 because memory ran out \(SIGABRT\)/,
  ],
  ['an exit without a word', { end: ended(7, null) }, undefined, /with exit code 7 without saying why/],
  [
    'a hang that its keeper has ended',
    { hang: { type: 'hanging', unit: 'images', step: 9, seconds: 720, cores: 0, stack: [] } },
    'hang',
    /hung after step 9: nothing came of it for 12 min, without using the processor/,
  ],
] as const) {
  test(`the end of a process: ${name}`, () => {
    const failure = failureOf(circumstances(about as Partial<Circumstances>));
    assert.equal(failure.cause, cause);
    assert.match(failure.what, what);
  });
}
