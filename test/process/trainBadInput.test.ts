import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { describe as describeNetwork } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { distFile } from '../../src/engine/installation';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { within } from '../fixtures/deadlines.mjs';

const cwd = temporaryFolder();
const facenet = (...argv: string[]) =>
  spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd, encoding: 'utf8' });
const train = (...argv: string[]) => facenet('train-softmax', '--engine', 'wasm', ...argv);

/** Exit code 1 and one line that matches. */
function refuses({ status, stderr }: { status: number | null; stderr: string }, pattern: RegExp): void {
  const lines = stderr.trim().split('\n');
  assert.equal(status, 1, stderr);
  assert.match(lines.at(-1)!, pattern);
  assert.doesNotMatch(stderr, /^\s+at /m);
}

describe('what is wrong with the input is one sentence', { timeout: within(240_000) }, () => {
  before(async () => {
    await writeNoiseFaces(join(cwd, 'faces'), { people: 2, images: 3, size: 64 });
    await mkdir(join(cwd, 'empty'));
    await writeNoiseFaces(join(cwd, 'one'), { people: 1, images: 3, size: 64 });
    const variables = describeNetwork(networkByName('squeezenet')).variables;
    await writeCheckpoint(join(cwd, 'model', 'model-x.ckpt-1'), regenerableWeights(variables));
  });

  test('folders', () => {
    refuses(train('--data_dir', 'empty', '--pretrained_model', 'starter'), /empty holds no folders of people/);
    refuses(train('--data_dir', 'one', '--pretrained_model', 'starter'), /one person only \(person_0\)/);
    refuses(train('--data_dir', 'nowhere', '--pretrained_model', 'starter'), /nowhere/);
  });

  test('models', async () => {
    refuses(train('--data_dir', 'faces', '--pretrained_model', 'nowhere'), /no model at .*nowhere/);
    refuses(
      train('--data_dir', 'faces', '--pretrained_model', 'model', '--model_def', 'models.dlib_resnet'),
      /only 0 % of dlib_resnet/,
    );
    await writeCheckpoint(
      join(cwd, 'cut', 'model-y.ckpt-1'),
      new Map([['w', { shape: [1], data: Float32Array.of(1) }]]),
    );
    for (const file of await readdir(join(cwd, 'cut'))) if (file.includes('.data-')) await rm(join(cwd, 'cut', file));
    refuses(train('--data_dir', 'faces', '--pretrained_model', 'cut'), /model-y\.ckpt-1.*data/);
  });

  test('settings', () => {
    const start = ['--data_dir', 'faces', '--pretrained_model', 'model'];
    refuses(train(...start, '--trainable_from', 'fire77'), /no stage "fire77".*fire9/);
    refuses(train(...start, '--batch_size', '0'), /batchSize/);
    refuses(train('--resume', 'nothing'), /no run "nothing"/);
  });

  test('pairs that name absent people, all or some', async () => {
    await writeFile(join(cwd, 'absent.txt'), '2\t1\nNobody 1 2\nperson_9 1 2\n');
    refuses(facenet('validate-on-lfw', 'faces', 'model', '--lfw_pairs', 'absent.txt'), /No pair of .*absent\.txt/);
    const lines = ['person_0 1 2', 'person_0 1 person_1 1', 'persn_1 1 2', 'person_1 1 2', 'person_0 2 person_1 2'];
    await writeFile(join(cwd, 'some.txt'), `2\t1\n${lines.join('\n')}\n`);
    const some = facenet(
      'validate-on-lfw',
      'faces',
      'model',
      '--lfw_pairs',
      'some.txt',
      '--lfw_nrof_folds',
      '2',
      '--image_size',
      '64',
      '--json',
      'report.json',
    );
    assert.equal(some.status, 0, some.stderr);
    assert.match(some.stderr, /persn_1 1 2.*person_1/);
    assert.match(some.stderr, /Skipped 1 image pairs/);
    const closing = some.stdout.trim().split('\n').slice(-8, -4);
    assert.match(closing[0]!, /^Accuracy: \d\.\d{5}\+-\d\.\d{5}$/);
    assert.match(closing[1]!, /^Validation rate: /);
    assert.match(closing[2]!, /^Area Under Curve \(AUC\): /);
    assert.match(closing[3]!, /^Equal Error Rate \(EER\): /);
  });

  test('a training that diverges stops at once and says what to do', () => {
    const rate = ['--learning_rate', '1e38', '--trainable_from', 'fire9', '--image_size', '64'];
    refuses(
      train('--data_dir', 'faces', '--pretrained_model', 'model', ...rate),
      /The training diverged\. Step \d+ .* was not applied: .* stage \w+.*--on_divergence retry.*lower the learning rate/,
    );
  });
});

describe('the whole network', { timeout: within(240_000) }, () => {
  test('is trained from scratch on images decoded for each batch, and its model validates', async () => {
    const result = train(
      ...['--data_dir', 'faces', '--model_def', 'models.squeezenet', '--image_size', '64', '--max_nrof_epochs', '2'],
      ...[
        '--epoch_size',
        '3',
        '--batch_size',
        '4',
        '--random_crop',
        '--random_flip',
        '--optimizer',
        'MOM',
        '--learning_rate',
        '0.01',
      ],
      ...['--models_base_dir', 'models', '--logs_base_dir', 'logs', '--use_fixed_image_standardization'],
    );
    assert.equal(result.status, 0, result.stderr);
    const [stamp] = await readdir(join(cwd, 'models'));
    assert.match(stamp!, /^\d{8}-\d{6}$/);
    const files = await readdir(join(cwd, 'models', stamp!));
    assert.ok(files.includes(`model-${stamp}.ckpt-6.index`), files.join());
    assert.ok((await readdir(join(cwd, 'logs', stamp!))).includes('arguments.txt'));
    const exported = facenet('export-embeddings', join('models', stamp!), 'faces', '--output_dir', 'embeddings');
    assert.equal(exported.status, 0, exported.stderr);
    assert.deepEqual((await readdir(join(cwd, 'embeddings'))).sort(), [
      'embeddings.npy',
      'label_strings.npy',
      'labels.npy',
    ]);
    assert.doesNotMatch(exported.stderr, /Warning/, 'the model brings its recipe: 64 pixels, fixed');
  });
});
