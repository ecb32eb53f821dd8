import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readPairs } from '../../../src/dataset/pairs';
import { scanDataset } from '../../../src/dataset/scan';
import { comparisonTable } from '../../../src/jobs/demo/comparison';
import { DemoFolder } from '../../../src/demo/demoFolder';
import { runDemo } from '../../../src/jobs/demo/runDemo';
import { StoppedError, UserError } from '../../../src/protocol/errors';
import { demoRequestSchema } from '../../../src/protocol/job';
import type { ReportedEvent } from '../../../src/protocol/jobContext';
import { memoryContext } from '../../../src/jobs/memoryContext';

const root = mkdtempSync(join(tmpdir(), 'demo-test-'));
after(() => rmSync(root, { recursive: true, force: true }));

const request = (name: string, more: object = {}) =>
  demoRequestSchema.parse({
    kind: 'demo',
    outputDir: join(root, name),
    people: 4,
    photographs: 4,
    drawOnly: true,
    ...more,
  });

const quiet = (signal = new AbortController().signal) => {
  const events: ReportedEvent[] = [];
  return { events, context: memoryContext({ signal, onEvent: (event) => events.push(event) }) };
};

test('drawing leaves people to train on, others to measure with, and ten folds of pairs', async () => {
  const wanted = request('drawn');
  const { folder } = await runDemo(wanted, quiet().context);
  const train = await scanDataset(folder.photographs.train);
  const lfw = await scanDataset(folder.photographs.lfw);
  assert.deepEqual([train.people.length, lfw.people.length], [4, 8]);
  assert.ok([...train.people, ...lfw.people].every(({ images }) => images.length === 4));
  const names = new Set(train.people.map(({ name }) => name));
  assert.ok(lfw.people.every(({ name }) => !names.has(name)));
  const { pairs, skipped, folds } = await readPairs(folder.pairs, folder.photographs.lfw);
  assert.equal(folds, 10);
  assert.deepEqual(skipped, []);
  assert.equal(pairs.filter(({ same }) => same).length, pairs.length / 2);

  // A second run with the same settings keeps every picture as it is, and draws the one that has gone.
  const [kept, lost] = train.people[0]!.images;
  const before = { bytes: readFileSync(lost!), time: statSync(kept!).mtimeMs };
  rmSync(lost!);
  await runDemo(wanted, quiet().context);
  assert.deepEqual(readFileSync(lost!), before.bytes);
  assert.equal(statSync(kept!).mtimeMs, before.time);

  await assert.rejects(runDemo({ ...wanted, seed: 1 }, quiet().context), /holds a demo with seed 666, not 1/);
});

test('a folder with anything of the user in it is left alone', async () => {
  const { outputDir } = request('mine');
  mkdirSync(outputDir);
  writeFileSync(join(outputDir, 'thesis.txt'), 'mine');
  await assert.rejects(runDemo(request('mine'), quiet().context), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /is not empty \(it holds thesis\.txt\) and is no demo/);
    return true;
  });
  writeFileSync(join(outputDir, 'demo.json'), '{"version": 1}');
  await assert.rejects(runDemo(request('mine'), quiet().context), /is no demo/);
  assert.deepEqual(readdirSync(outputDir), ['demo.json', 'thesis.txt']);
  await assert.rejects(new DemoFolder(join(outputDir, 'thesis.txt')).check(request('mine')), /is a file, not a folder/);
});

test('hidden entries, such as the runs of the job itself, are not in the way', async () => {
  const wanted = request('hidden');
  mkdirSync(join(wanted.outputDir, '.facenet', 'runs'), { recursive: true });
  await new DemoFolder(wanted.outputDir).claim(wanted);
  assert.deepEqual(readdirSync(wanted.outputDir).sort(), ['.facenet', 'demo.json']);
});

test('drawing can be stopped and continued', async () => {
  const wanted = request('stopped');
  const stop = new AbortController();
  const context = memoryContext({ signal: stop.signal, onEvent: () => stop.abort() });
  await assert.rejects(runDemo(wanted, context), StoppedError);
  const { folder } = await runDemo(wanted, quiet().context);
  assert.equal((await scanDataset(folder.photographs.train)).people[3]!.images.length, 4);
});

test('the table has a line for each evaluation', () => {
  const event = {
    type: 'lfw' as const,
    time: 0,
    step: 0,
    accuracy: 0.9,
    accuracyStd: 0.01,
    validationRate: 0.4,
    far: 0.001,
    auc: 0.95,
    report: 'x',
  };
  assert.deepEqual(comparisonTable([event, { ...event, phase: 'last-block', accuracy: 0.95, eer: 0.05 }]), [
    '                  accuracy      validation rate      AUC    EER',
    'before            90.0 % ± 1.0  40.0 % at FAR 0.1 %  0.950  -',
    'after last-block  95.0 % ± 1.0  40.0 % at FAR 0.1 %  0.950  5.0 %',
  ]);
});
