import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openModel } from '../../src/checkpoint/model';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { distFile } from '../../src/engine/installation';
import type { RunEvent } from '../../src/protocol/events';
import type { TrainRequest } from '../../src/protocol/job';
import { runRecordSchema } from '../../src/protocol/run';
import { selfCheckSchema } from '../../src/protocol/selfCheck';
import { openRunFolder, type RunFolder } from '../../src/run/runFolder';
import { selfCheckLines } from '../../src/words/selfCheckWords';
import { within } from '../fixtures/deadlines.mjs';
import { temporaryWorkspace } from '../fixtures/runs';
import { newTraining, smallTraining, train, writeSmallDataset } from '../fixtures/smallTraining';

describe('the self-check at the end of a training', { timeout: within(120_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeSmallDataset(workspace.path);
  });
  after(() => workspace.dispose());

  const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }];
  const newRun = async (changes: Partial<Record<keyof TrainRequest['config'], unknown>>): Promise<RunFolder> =>
    newTraining(
      workspace.path,
      smallTraining(workspace.path, { phases, ...changes } as Partial<TrainRequest['config']>),
    );
  const trained = async (run: RunFolder): Promise<{ run: RunFolder; events: RunEvent[] }> => {
    const thrown = await train(run.path);
    assert.equal(thrown, undefined, await readFile(run.log, 'utf8').catch(() => ''));
    const ended = await openRunFolder(run.path);
    return { run: ended, events: await ended.readEvents() };
  };
  const alarmsOf = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'alarm');

  test('is of the last checkpoint, with the threshold of its own pairs, and older records read on', async () => {
    const { run, events } = await trained(await newRun({}));
    const { selfCheck, checkpoint, best } = run.record;
    assert.equal(selfCheck!.step, best?.step ?? checkpoint!.step);
    // Two images each of two people are held out.
    assert.deepEqual([selfCheck!.images, selfCheck!.people], [4, 2]);
    const { mirrored, recompressed, people, threshold } = selfCheck!.figures!;
    assert.ok(mirrored.mean > 0 && mirrored.mean <= mirrored.most && recompressed.mean > 0);
    assert.deepEqual([people.pairs, threshold.source], [4, 'pairs']);
    assert.equal(selfCheckLines(selfCheck!).length, selfCheck!.finding === 'sound' ? 4 : 5);
    assert.deepEqual(alarmsOf(events).length, selfCheck!.finding === 'sound' ? 0 : 1);
    assert.equal(events.at(-1)!.type, 'state', 'the run ends after it');
    const older = runRecordSchema.parse({ ...run.record, selfCheck: undefined });
    assert.equal(older.selfCheck, undefined);
  });

  test('says of a model that gives everybody the same that it has collapsed', async () => {
    const starter = await openModel('starter');
    const weights = new Map(await starter.readAll());
    const last = weights.get('DlibResnet/Bottleneck/weights')!;
    weights.set('DlibResnet/Bottleneck/weights', { ...last, data: new Float32Array(last.data.length).fill(0.01) });
    const prefix = join(workspace.path, 'constant', 'model.ckpt-7');
    await writeCheckpoint(prefix, weights);
    const { run, events } = await trained(await newRun({ pretrainedModel: prefix, lfw: undefined }));
    const { selfCheck } = run.record;
    assert.deepEqual([selfCheck!.finding, selfCheck!.figures!.threshold.source], ['collapsed', 'paper']);
    const [alarm, ...others] = alarmsOf(events);
    assert.match(alarm!.message, /^Collapsed: step \d+ maps everybody to nearly the same place \(0\.00 apart/);
    assert.deepEqual(others, []);
  });

  test('is a command for any model, which takes at least two people', () => {
    const check = (...argv: string[]) =>
      spawnSync(process.execPath, [distFile('cli.cjs'), 'self-check', 'starter', ...argv], {
        ...{ cwd: workspace.path, encoding: 'utf8' },
      });
    const answer = check('faces', '--json');
    assert.equal(answer.status, 0, answer.stderr);
    const { step, people, figures } = selfCheckSchema.parse(JSON.parse(answer.stdout));
    assert.deepEqual([step, figures!.threshold.source], [undefined, 'paper']);
    assert.ok(people >= 2 && figures!.mirrored.mean > 0);
    const [person] = readdirSync(join(workspace.path, 'faces')).filter((name) => name.startsWith('person_'));
    cpSync(join(workspace.path, 'faces', person!), join(workspace.path, 'alone', person!), { recursive: true });
    const refused = check('alone');
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /alone holds images of fewer than two people/);
  });

  test('is missing where a run is stopped, and made where it goes on', async () => {
    const run = await newRun({ epochSize: 4, phases: [{ ...phases[0]!, epochs: 40 }] });
    const stop = new AbortController();
    const onEvent = (event: RunEvent): void => (event.type === 'step' ? stop.abort() : undefined);
    await train(run.path, { onEvent, signal: stop.signal });
    const stopped = await openRunFolder(run.path);
    assert.deepEqual([stopped.record.state, stopped.record.selfCheck], ['stopped', undefined]);
    const { run: ended } = await trained(run);
    assert.equal(ended.record.state, 'done');
    assert.ok(ended.record.selfCheck !== undefined);
  });

  test('that cannot be made is a warning, and the run is done', async () => {
    const run = await newRun({ lfw: undefined });
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'phase' && event.boundary === 'end')
        rmSync(join(workspace.path, 'faces'), { recursive: true, force: true });
    };
    assert.equal(await train(run.path, { onEvent }), undefined);
    const { record } = await openRunFolder(run.path);
    assert.deepEqual([record.state, record.selfCheck], ['done', undefined]);
    const warnings = (await run.readEvents()).flatMap((event) =>
      event.type === 'log' && event.level === 'warning' ? [event.message] : [],
    );
    assert.match(warnings.at(-1)!, /^The model was not looked at after its training: .*person_\d.*/);
  });
});
