import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openModel } from '../../src/checkpoint/model';
import { distFile } from '../../src/engine/installation';
import type { RunEvent } from '../../src/protocol/events';
import { openRunFolder, type RunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { readMetaGraph } from '../fixtures/metaGraph';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { killWorker, temporaryWorkspace, until } from '../fixtures/runs';
import { noTensorflow, tensorflowDevice } from '../fixtures/tensorflowDevice';
import { within } from '../fixtures/deadlines.mjs';

describe('facenet train-tripletloss', { timeout: within(300_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeNoiseFaces(join(workspace.path, 'faces'), { people: 4, images: 6, size: 150 });
    const name = (person: number): string => `person_${person}`;
    const pairs: string[] = [];
    for (let fold = 0; fold < 2; fold++) {
      for (let i = 0; i < 3; i++) pairs.push(`${name(i)} ${1 + fold} ${4 + fold}`);
      for (let i = 0; i < 3; i++) pairs.push(`${name(i)} ${1 + fold} ${name((i + 1) % 3)} ${3 + fold}`);
    }
    await writeFile(join(workspace.path, 'pairs.txt'), `2\t3\n${pairs.join('\n')}\n`);
  });
  after(() => workspace.dispose());

  const facenet = (...argv: string[]) => {
    const child = spawn(process.execPath, [distFile('cli.cjs'), ...argv], {
      cwd: workspace.path,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<number | string>((resolve) =>
      child.once('close', (code, signal) => resolve(code ?? signal!)),
    );
    return { child, ended, said: () => stdout, problems: () => stderr };
  };
  const lastRun = async (): Promise<RunFolder> => openRunFolder((await listRuns(workspace.path))[0]!.folder);
  const lfw = ['--lfw_dir', 'faces', '--lfw_pairs', 'pairs.txt', '--lfw_nrof_folds', '2'];
  /** Rounds of 60 triplets, which all violate a margin of this width, in 20 steps. */
  const longRounds = [
    ...['--data_dir', 'faces', '--pretrained_model', 'starter', '--engine', 'wasm', '--optimizer', 'ADAM'],
    ...['--learning_rate', '0.001', '--alpha', '3', '--people_per_batch', '4', '--images_per_person', '6'],
    ...['--batch_size', '9', '--epoch_size', '7', '--max_nrof_epochs', '6', '--random_flip'],
  ];

  const bytesOf = async (run: RunFolder): Promise<Buffer> =>
    readFile(`${run.record.checkpoint!.prefix}.data-00000-of-00001`);
  const roundsOf = async (run: RunFolder) => (await run.readEvents()).filter((event) => event.type === 'round');

  /** Starts a run, ends it with a signal once `reached` holds, and gives it as it was left. */
  const ended = async (
    signal: 'SIGINT' | 'SIGKILL',
    reached: (events: readonly RunEvent[]) => boolean,
    flags: readonly string[],
  ): Promise<RunFolder> => {
    const known = (await listRuns(workspace.path)).length;
    const training = facenet('train-tripletloss', ...flags);
    await until('it has come far enough', async () => {
      assert.equal(training.child.exitCode, null, training.problems());
      if ((await listRuns(workspace.path)).length === known) return false;
      return reached(await (await lastRun()).readEvents());
    });
    if (signal === 'SIGKILL') await killWorker(await lastRun());
    else training.child.kill(signal);
    assert.equal(await training.ended, signal === 'SIGINT' ? 130 : 'SIGKILL', training.problems());
    return lastRun();
  };
  /** Goes on with a run to its end. */
  const resumed = async ({ record }: RunFolder): Promise<RunFolder> => {
    const training = facenet('train-tripletloss', '--resume', record.id);
    assert.equal(await training.ended, 0, training.problems());
    return lastRun();
  };
  /** A run that was ended in the middle of a round, and went on. */
  const interrupted = async (
    ...how: [signal: 'SIGINT' | 'SIGKILL', reached: (events: readonly RunEvent[]) => boolean]
  ): Promise<{ run: RunFolder; at: number }> => {
    const left = await ended(...how, longRounds);
    const { prefix, step } = left.record.checkpoint!;
    const saved = await openModel(prefix);
    const [firstStep] = await saved.readDoubles('triplets/first_step');
    assert.ok(firstStep! < step, `saved at step ${step} in the middle of the round of step ${firstStep!}`);
    return { run: await resumed(left), at: step };
  };

  test('a run that is stopped or killed in the middle of a round ends as one that is not', async () => {
    const straight = facenet('train-tripletloss', ...longRounds);
    assert.equal(await straight.ended, 0, straight.problems());
    const whole = await lastRun();
    assert.equal(whole.record.checkpoint!.step, 42);
    assert.deepEqual(
      (await roundsOf(whole)).map(({ step, people, images, pairs, triplets }) => [
        step,
        people,
        images,
        pairs,
        triplets,
      ]),
      [0, 20, 40].map((step) => [step, 4, 24, 60, 60]),
    );
    const expected = await bytesOf(whole);

    const stopped = await interrupted('SIGINT', (events) =>
      events.some((event) => event.type === 'step' && event.step > 22 && event.step < 38),
    );
    assert.deepEqual(await bytesOf(stopped.run), expected, `stopped at step ${stopped.at}`);
    assert.deepEqual(
      (await roundsOf(stopped.run)).map(({ step }) => step),
      [0, 20, 40],
    );

    const killed = await interrupted('SIGKILL', (events) =>
      events.some((event) => event.type === 'checkpoint' && event.step % 20 > 0),
    );
    assert.deepEqual(await bytesOf(killed.run), expected, `killed after the checkpoint of step ${killed.at}`);
  });

  test(
    'on TensorFlow its steps are a graph, though rounds end in smaller batches; stopped and resumed it ends the same',
    { skip: noTensorflow },
    async () => {
      // Rounds of 40 triplets in 14 steps, the last of which has one.
      const flags = [
        ...['--data_dir', 'faces', '--pretrained_model', 'starter', '--optimizer', 'ADAM', '--learning_rate', '0.001'],
        ...['--engine', tensorflowDevice, '--alpha', '3', '--people_per_batch', '4', '--images_per_person', '5'],
        ...['--batch_size', '9', '--epoch_size', '7', '--max_nrof_epochs', '40', '--random_flip'],
      ];
      const straight = facenet('train-tripletloss', ...flags);
      assert.equal(await straight.ended, 0, straight.problems());
      const whole = await lastRun();
      const { step } = whole.record.engines!;
      if (tensorflowDevice === 'cpu')
        assert.equal(step, 'one call of a TensorFlow graph; what is left of a round one operation after another');
      const rounds = (await roundsOf(whole)).map((round) => [round.step, round.triplets]);
      assert.deepEqual(rounds.slice(0, 3), [[0, 40], [14, 40], [28, 40]]); // prettier-ignore

      const stopped = await ended('SIGINT', (events) => events.some(({ type }) => type === 'round'), flags);
      const { step: at } = stopped.record.checkpoint!;
      assert.ok(at > 0 && at < 280, `it was stopped at step ${at}`);
      assert.deepEqual(await bytesOf(await resumed(stopped)), await bytesOf(whole), `stopped at step ${at}`);
    },
  );

  test('where all triplets are satisfied it ends with a sentence, and the run is done', async () => {
    const line = longRounds.map((word) => (word === '3' ? '0.00001' : word));
    const training = facenet('train-tripletloss', ...line, '--semi_hard');
    assert.equal(await training.ended, 0, training.problems());
    assert.match(training.problems(), /Warning: 10 rounds one after another had no triplet .*all are satisfied/);
    const { record } = await lastRun();
    assert.equal(record.state, 'done');
    assert.ok(record.checkpoint!.step < 42);
  });

  test("the reference's command runs as it is pasted", async () => {
    const [logs, models] = [join(workspace.path, 'logs'), join(workspace.path, 'models')];
    const training = facenet(
      ...['python', 'src/train_tripletloss.py', '--logs_base_dir', logs, '--models_base_dir', models],
      ...['--data_dir', 'faces', '--model_def', 'models.squeezenet', '--epoch_size', '1', '--max_nrof_epochs', '1'],
      ...['--batch_size', '6', '--people_per_batch', '3', '--images_per_person', '2', '--embedding_size', '128'],
      ...['--image_size', '64', '--weight_decay', '2e-4', '--optimizer', 'ADAGRAD', '--learning_rate', '0.005', ...lfw],
      ...['--engine', 'wasm'],
    );
    assert.equal(await training.ended, 0, training.problems());
    const lines = training.said().split('\n');
    const places = [
      /^Running forward pass on LFW images: \d+\.\d{3}$/,
      /^Accuracy: [01]\.\d{3}\+-[01]\.\d{3}$/,
      /^Validation rate: [01]\.\d{5}\+-[01]\.\d{5} @ FAR=[01]\.\d{5}$/,
      /^Running forward pass on sampled images: \d+\.\d{3}$/,
      /^Selecting suitable triplets for training$/,
      /^\(nrof_random_negs, nrof_triplets\) = \(3, 3\): time=\d+\.\d{3} seconds$/,
      /^Epoch: \[0\]\[1\/1\]\tTime \d+\.\d{3}\tLoss \d+\.\d{3}$/,
      /^Saving variables$/,
      /^Variables saved in \d+\.\d{2} seconds$/,
      /^Saving metagraph$/,
    ].map((pattern) => lines.findIndex((line) => pattern.test(line)));
    assert.ok(
      places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1)),
      `${places.join()}\n${training.said()}`,
    );

    const { record } = await lastRun();
    assert.equal(record.config!.head, 'triplet');
    assert.match(await readFile(join(record.directories!.logs, 'arguments.txt'), 'utf8'), /^images_per_person: 2$/m);
    const files = await readdir(record.directories!.models);
    const graph = await readMetaGraph(
      join(
        record.directories!.models,
        files.find((name) => name.endsWith('.meta'))!,
      ),
    );
    assert.doesNotMatch(JSON.stringify(graph), /Logits/);
    const model = await openModel(record.checkpoint!.prefix);
    assert.deepEqual([model.network, model.embeddingSize, model.classes], ['squeezenet', 128, undefined]);
    const summaries = await readFile(
      join(
        record.directories!.logs,
        (await readdir(record.directories!.logs)).find((name) => name.includes('tfevents'))!,
      ),
      'latin1',
    );
    for (const tag of ['learning_rate_1', 'total_loss__raw_', 'time/selection', 'triplet/spread', 'lfw/accuracy'])
      assert.ok(summaries.includes(tag), tag);
  });
});
