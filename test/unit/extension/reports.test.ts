import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { reportOf, reportOfModel, shownReport } from '../../../extension/jobs/reports';
import type { RunStore } from '../../../extension/jobs/runStore';
import { validateRequestSchema, type JobRequest } from '../../../src/protocol/job';
import type { RunRecord } from '../../../src/protocol/run';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { lfwReport } from '../../fixtures/webview/lfwReports';

const folder = temporaryFolder();
const lfw = { dir: '/faces', pairs: '/pairs.txt' };

/** A run that has ended with a report. */
async function ended(name: string, request: object, pairs = 600): Promise<{ folder: string; record: RunRecord }> {
  const own = join(folder, name);
  await mkdir(join(own, 'evaluations'), { recursive: true });
  const report = lfwReport({ seed: 3, pairs, spread: 0.6, step: 1 });
  await writeFile(join(own, 'evaluations', 'lfw.json'), JSON.stringify(report));
  const asked =
    'kind' in request ? (request as JobRequest) : validateRequestSchema.parse({ kind: 'validate', ...request });
  return {
    folder: own,
    record: { request: asked, state: 'done', result: { report: 'evaluations/lfw.json' } } as unknown as RunRecord,
  };
}

const storeOf = (runs: unknown[]): RunStore => ({ list: async () => runs }) as unknown as RunStore;

test('the newest validation of a model says its threshold, where its pairs can tell it and are about the same distances', async () => {
  const runs = [
    await ended('flipped', { model: 'starter', lfw: { ...lfw, useFlippedImages: true } }),
    await ended('other', { model: '/models/a', lfw }),
    await ended('few', { model: 'starter', lfw }, 60),
    await ended('almost', { model: 'starter', lfw }, 5998),
    await ended('many', { model: 'starter', lfw }, 6000),
  ];
  const of = async (model: string, goal: 'accuracy' | 'far3'): Promise<string | undefined> =>
    reportOfModel(storeOf(runs), model, goal);
  const file = (name: string): string => join(folder, name, 'evaluations', 'lfw.json');
  assert.equal(await of('starter', 'accuracy'), file('few'));
  assert.equal(await of('starter', 'far3'), file('many'), '2,999 pairs of two people cannot show one in a thousand');
  assert.equal(await of('/models/a', 'accuracy'), file('other'));
  assert.equal(await of('/models/b', 'accuracy'), undefined);
});

test('a report is shown by the page of its job, and a job without one by its run', async () => {
  const { record } = await ended('shown', { kind: 'identify' });
  assert.deepEqual(shownReport(record, '/run'), { page: 'identification', path: '/run/evaluations/lfw.json' });
  assert.equal(reportOf(record, '/run'), undefined, 'it is none of LFW');
  assert.equal(shownReport({ ...record, result: {} }, '/run'), undefined);
  assert.equal(shownReport({ ...record, request: { kind: 'train' } as JobRequest }, '/run'), undefined);
});
