// Configurations and command lines of the Python scripts, in the real program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { runRecordSchema } from '../../src/protocol/run';
import { recipeNamed } from '../../src/train/settings/trainingRecipes';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { within } from '../fixtures/deadlines.mjs';

const cwd = temporaryFolder();
const facenet = (argv: string[], input = '') =>
  spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd, input, encoding: 'utf8' });

describe('run configurations in a terminal', { timeout: within(120_000) }, () => {
  before(async () => writeNoiseFaces(join(cwd, 'faces'), { people: 2, images: 3, size: 150 }));

  const line =
    '$ CUDA_VISIBLE_DEVICES=0 python3 src/train_softmax.py --data_dir faces \\\n --pretrained_model starter ' +
    '--max_nrof_epochs 1 --batch_size 6 --gpu_memory_fraction 0.5 --no_such_flag 3 2>&1 | tee log\n';

  test('a command line of triplets becomes a configuration of triplets', () => {
    const pasted =
      'python src/train_tripletloss.py --data_dir faces --pretrained_model starter --people_per_batch 2 --alpha 0.3 --center_loss_factor 1';
    const { status, stdout, stderr } = facenet(['configuration', '--json'], pasted);
    assert.equal(status, 0, stderr);
    const { config, notes } = JSON.parse(stdout) as { config: Record<string, unknown>; notes: string[] };
    assert.deepEqual([config.head, config.peoplePerBatch, config.alpha], ['triplet', 2, 0.3]);
    assert.deepEqual(notes, ['--center_loss_factor 1 is unknown here and is left out.']);
  });

  test('a command line becomes a file, with a line for all that has no effect, and the file a run', async () => {
    const saved = facenet(['configuration', '--save'], line);
    assert.equal(saved.status, 0, saved.stderr);
    const file = join(cwd, '.facenet', 'configurations', 'faces.facenet.json');
    assert.equal(saved.stdout.trim(), file);
    const text = await readFile(file, 'utf8');
    const comments = text.split('\n').filter((row) => row.startsWith('//'));
    assert.equal(comments.length, 5, text);
    for (const what of [
      /CUDA_VISIBLE_DEVICES=0/,
      /tee log/,
      /2>&1|>& 1/,
      /gpu_memory_fraction has no effect/,
      /--no_such_flag 3 is unknown/,
    ]) {
      assert.match(comments.join('\n'), what);
      assert.match(saved.stderr, what);
    }

    const started = facenet(['train-softmax', '--config', file, '--phases', 'phases.json', '--engine', 'wasm']);
    assert.equal(started.status, 1);
    assert.match(started.stderr, /phases\.json/);
    await writeFile(
      join(cwd, 'phases.json'),
      '[{"name": "once", "trainableFrom": "Logits", "epochs": 1, "learningRate": 1}]',
    );
    const trained = facenet([
      'train-softmax',
      '--config',
      file,
      '--phases',
      'phases.json',
      '--engine',
      'wasm',
      '--batch_size',
      '3',
    ]);
    assert.equal(trained.status, 0, trained.stderr);
    const [run] = await readdir(join(cwd, '.facenet', 'runs'));
    const record = runRecordSchema.parse(
      JSON.parse(await readFile(join(cwd, '.facenet', 'runs', run!, 'run.json'), 'utf8')),
    );
    assert.equal(record.title, 'faces');
    assert.equal(record.state, 'done');
    assert.equal(record.config!.batchSize, 3);
    assert.deepEqual(
      record.config!.phases.map(({ name }) => name),
      ['once'],
    );
  });

  // Its network is a matter of seconds once; the other recipe is carried out on a small one.
  for (const { name, settings, network } of [
    { ...recipeNamed('casia')!, network: 'inception_resnet_v1' },
    { ...recipeNamed('vggface2')!, network: 'squeezenet' },
  ]) {
    test(`the recipe ${name} is a configuration by its name and trains on the folder that is named`, async () => {
      const typed = [
        ...['--data_dir', 'faces', '--model_def', `models.${network}`, '--engine', 'wasm'],
        ...['--batch_size', '2', '--epoch_size', '1', '--max_nrof_epochs', '1'],
      ];
      const trained = facenet(['train-softmax', '--config', name, ...typed]);
      assert.equal(trained.status, 0, trained.stderr);
      const folder = /^Run folder: (.+)$/m.exec(trained.stdout)![1]!;
      const { title, state, config } = runRecordSchema.parse(
        JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')),
      );
      assert.deepEqual([title, state], [`${name} on faces`, 'done']);
      assert.equal(config!.keepProbability, settings.keepProbability);
      assert.deepEqual(config!.phases[0]!.learningRate, settings.phases[0]!.learningRate);
    });
  }

  test('the recipes are told by --help, none begins without a folder, and a file of their name is mentioned', async () => {
    assert.match(facenet(['train-softmax', '--help']).stdout.replace(/\s+/g, ' '), /from scratch: casia, vggface2/);
    const homeless = facenet(['train-softmax', '--config', 'vggface2']);
    assert.equal(homeless.status, 1);
    assert.match(homeless.stderr, /vggface2 names no folder to train on\. Name yours with --data_dir/);
    assert.doesNotMatch(homeless.stderr, /is taken for the recipe/);
    await writeFile(join(cwd, 'casia'), '{}');
    const both = facenet(['train-softmax', '--config', 'casia']);
    assert.match(both.stderr, /casia is taken for the recipe; --config \.\/casia is the file of that name/);
  });

  test('what is wrong is one line', async () => {
    const refuses = (
      { status, stderr }: { status: number | null; stderr: string },
      code: number,
      pattern: RegExp,
    ): void => {
      assert.equal(status, code, stderr);
      assert.match(stderr.trim().split('\n').at(-1)!, pattern);
      assert.doesNotMatch(stderr, /^\s+at /m);
    };
    refuses(facenet(['configuration', 'ls -l']), 1, /no command line of train_softmax\.py/);
    refuses(
      facenet(['configuration', 'python train_softmax.py --batch_size ten']),
      2,
      /--batch_size: invalid 'int' value/,
    );
    refuses(facenet(['train-softmax', '--config', 'nowhere.facenet.json']), 1, /nowhere\.facenet\.json cannot be read/);
    refuses(
      facenet(['train-softmax', '--config', 'x', '--resume', 'y']),
      1,
      /--resume goes on with the configuration of its run/,
    );
    await mkdir(join(cwd, 'bad'));
    await writeFile(join(cwd, 'bad', 'bad.facenet.json'), '{"dataDir": "faces"');
    refuses(facenet(['train-softmax', '--config', 'bad/bad.facenet.json']), 1, /is not JSON: line 1/);
    refuses(facenet(['python', 'src/train_nothing.py']), 1, /nothing here that does what train_nothing\.py does/);
    refuses(
      facenet(['python', 'src/train_softmax.py', '--data_dir', 'nowhere', '--pretrained_model', 'starter']),
      1,
      /no folder .*nowhere/,
    );
  });

  test('a model that is not here does not hinder the configuration', () => {
    const { status, stdout, stderr } = facenet([
      'configuration',
      '--json',
      'python train_softmax.py --pretrained_model /gone/model-1.ckpt-9 --data_dir faces',
    ]);
    assert.equal(status, 0, stderr);
    const { config, notes } = JSON.parse(stdout) as {
      config: { dataDir: string; network?: string; phases: unknown[] };
      notes: string[];
    };
    assert.equal(config.network, undefined);
    assert.equal(config.phases.length, 2);
    assert.match(notes.join(), /\/gone\/model-1\.ckpt-9.*inception_resnet_v1/);
  });
});
