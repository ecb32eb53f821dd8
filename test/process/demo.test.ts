import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { lfwReportSchema } from '../../src/protocol/lfwReport';
import { readEvents } from '../../src/run/metricsLog';
import { listRuns, type ListedRun } from '../../src/run/runList';
import { stopRun } from '../../src/worker/stopRun';
import { temporaryWorkspace, until } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe('facenet demo', { timeout: within(300_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => void (workspace = await temporaryWorkspace()));
  after(() => workspace.dispose());

  const demo = async (...argv: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      // An assets folder without MTCNN's weights: the demo must go its way with what is built in.
      const env = { ...process.env, FACENET_ASSETS: join(workspace.path, 'no-assets') };
      const child = execFile(
        process.execPath,
        [distFile('cli.cjs'), 'demo', ...argv],
        { cwd: workspace.path, env, maxBuffer: 1 << 26 },
        (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
    });

  test('goes the whole way and leaves a workspace with a finished fine-tuning', async () => {
    const settings = ['--output_dir', 'small', '--people', '5', '--photographs', '5'];
    const { code, stdout, stderr } = await demo(...settings);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Faces found by the starter detector: (6[0-5]) of 65\./);
    const accuracies = [...stdout.matchAll(/^(before|after \S+) +(\d+\.\d) % ±/gm)].map(([, name, value]) => ({
      name,
      value: Number(value),
    }));
    assert.deepEqual(
      accuracies.map(({ name }) => name),
      ['before', 'after classifier', 'after last-block'],
    );
    assert.equal(accuracies[1]!.value, accuracies[0]!.value, 'the classifier alone does not change embeddings');
    assert.notEqual(accuracies[2]!.value, 0);

    const root = join(workspace.path, 'small');
    const runs = await listRuns(root);
    assert.deepEqual(runs.map(({ record }) => [record.request.kind, record.state]).sort(), [
      ['demo', 'done'],
      ['train', 'done'],
    ]);
    const { record } = runs.find((run) => run.record.request.kind === 'demo')!;
    const report = record.result?.['report'];
    assert.ok(typeof report === 'string');
    const { pairs } = lfwReportSchema.parse(JSON.parse(await readFile(report, 'utf8')));
    assert.equal(pairs.used + pairs.skipped.length, 80);
    assert.ok(pairs.skipped.length <= 16, `${pairs.skipped.length} pairs skipped`);
    assert.equal(readdirSync(join(root, 'photos', 'train')).length, 5);
  });

  test('a stop of its fine-tuning, over that one’s own socket, is a stop of the demo too', async () => {
    const ended = demo('--output_dir', 'stopped', '--people', '5', '--photographs', '5', '--seed', '3');
    const root = join(workspace.path, 'stopped');
    const training = async (): Promise<ListedRun | undefined> =>
      (await listRuns(root)).find(({ record }) => record.request.kind === 'train');
    await until('the fine-tuning trains', async () => {
      const run = await training();
      return (
        run !== undefined && (await readEvents(join(run.folder, 'metrics.jsonl'))).some(({ type }) => type === 'step')
      );
    });
    const { folder, record } = (await training())!;
    assert.ok(record.worker?.endpoint !== undefined, 'it can be stopped on Windows too, where there are no signals');
    const final = await stopRun(folder, { graceSeconds: 60 });
    assert.equal(final.state, 'stopped', final.error?.message);
    assert.ok(final.checkpoint !== undefined);
    assert.equal((await ended).code, 130);
    assert.deepEqual(
      (await listRuns(root)).map((run) => run.record.state),
      ['stopped', 'stopped'],
    );
    const states = (await readEvents(join(folder, 'metrics.jsonl'))).flatMap((event) =>
      event.type === 'state' ? [event.state] : [],
    );
    assert.deepEqual(states, ['starting', 'running', 'stopping', 'stopped']);
    assert.ok(!existsSync(join(folder, '.reserve')));
  });

  test('refuses a folder that is not empty, before anything is made there', async () => {
    const mine = join(workspace.path, 'mine');
    await mkdir(mine);
    await writeFile(join(mine, 'thesis.txt'), 'mine');
    const { code, stderr } = await demo('--output_dir', 'mine');
    assert.equal(code, 1);
    assert.match(stderr, /is not empty \(it holds thesis\.txt\) and is no demo/);
    assert.deepEqual(readdirSync(mine), ['thesis.txt']);
  });

  test('says which value cannot be', async () => {
    const { code, stderr } = await demo('--people', '1');
    assert.equal(code, 1);
    assert.match(stderr, /--people cannot be 1/);
  });
});
