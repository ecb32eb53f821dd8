import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { command } from '../../../../src/cli/commands/trainSoftmax';
import { givenOptions } from '../../../../src/cli/parser';
import { installationRoot } from '../../../../src/engine/installation';
import { UserError } from '../../../../src/protocol/errors';
import { runConfigurationJsonSchema } from '../../../../src/protocol/runConfiguration';
import { type TrainConfig, trainConfigSchema } from '../../../../src/protocol/trainConfig';
import {
  configurationText,
  configurationsDirectory,
  readConfiguration,
  saveConfiguration,
} from '../../../../src/train/settings/configurationFile';
import { configWithFlags } from '../../../../src/train/settings/configurationFlags';
import { trainSoftmaxFlags } from '../../../../src/train/settings/trainSoftmaxFlags';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const isUserError = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.sentence);
const classifier = {
  name: 'classifier',
  trainableFrom: 'Logits',
  epochs: 50,
  learningRate: 0.05,
  batchNorm: 'frozen' as const,
};
const lastBlock = {
  ...classifier,
  name: 'last block',
  trainableFrom: 'LastBlock',
  epochs: 10,
  optimizer: 'ADAM' as const,
};
const configOf = (fields: object): TrainConfig =>
  trainConfigSchema.parse({
    dataDir: '/faces',
    pretrainedModel: 'starter',
    phases: [classifier, lastBlock],
    ...fields,
  });

async function write(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

describe('a run configuration', () => {
  test('is read back as it was written, with paths of the workspace relative', async () => {
    const root = temporaryFolder();
    const lfw = { dir: join(root, 'lfw'), pairs: '/elsewhere/pairs.txt' };
    const config = configOf({ dataDir: join(root, 'data', 'faces'), lfw, modelsBaseDir: join(root, 'models') });
    const text = configurationText(config, { root, title: 'Faces, gently', notes: ['--x is unknown.\nAnd more.'] });
    assert.match(text, /^\/\/ --x is unknown\. And more\.\n\{/);
    assert.match(text, /"dataDir": "data\/faces"/);
    const file = await saveConfiguration(root, 'Faces, gently', text);
    assert.equal(file, join(configurationsDirectory(root), 'Faces-gently.facenet.json'));
    assert.deepEqual(await readConfiguration(file), { config, title: 'Faces, gently', root });
  });

  test('elsewhere has its paths at its own folder; ~ is home; its name is the title', async () => {
    const root = temporaryFolder();
    const text =
      '{ "dataDir": "faces", "pretrainedModel": "~/m", "phases": [{"name": "a", "trainableFrom": "All", "epochs": 1, "learningRate": 1,}] }';
    const read = await readConfiguration(await write(join(root, 'x.facenet.json'), text));
    assert.equal(read.config.dataDir, join(root, 'faces'));
    assert.equal(read.config.pretrainedModel, join(homedir(), 'm'));
    assert.equal(read.config.batchSize, 90);
    assert.equal(read.title, 'x');
  });

  test('is never written over another one', async () => {
    const root = temporaryFolder();
    const first = await saveConfiguration(root, 'a/b', 'one');
    assert.equal(await saveConfiguration(root, 'a/b', 'one'), first);
    assert.match(await saveConfiguration(root, 'a/b', 'two'), /a-b-2\.facenet\.json$/);
    assert.equal(await readFile(first, 'utf8'), 'one');
    assert.deepEqual(await readdir(configurationsDirectory(root)), ['a-b-2.facenet.json', 'a-b.facenet.json']);
  });

  test('that is wrong is told with its line or setting', async () => {
    const root = temporaryFolder();
    for (const [text, pattern] of [
      ['', /is not JSON: line 1: value expected/],
      ['{\n  "dataDir": faces\n}', /is not JSON: line 2: invalid symbol/],
      ['{"dataDir": "f"}', /x\.facenet\.json: phases: /],
      ['{"dataDir": "f", "phases": []}', /phases: /],
      [
        '{"dataDir": "f", "phases": [{"name": "a", "trainableFrom": "All", "epochs": -1, "learningRate": 1}]}',
        /phases\.0\.epochs: /,
      ],
      ['{"dataDir": "f", "batchsize": 3, "phases": []}', /x\.facenet\.json: .*(batchsize|phases)/],
    ] as const) {
      await assert.rejects(
        readConfiguration(await write(join(root, 'x.facenet.json'), text)),
        isUserError(pattern),
        text,
      );
    }
    await assert.rejects(readConfiguration(join(root, 'nowhere')), isUserError(/nowhere cannot be read/));
  });

  test('a misspelt setting is a mistake', async () => {
    const text = `{"dataDir": "f", "batchsize": 3, "phases": [${JSON.stringify(classifier)}]}`;
    const file = await write(join(temporaryFolder(), 'x.facenet.json'), text);
    await assert.rejects(readConfiguration(file), isUserError(/batchsize/));
  });
});

describe('its schema', () => {
  const schema = runConfigurationJsonSchema();

  test('is the committed one', async () => {
    const committed: unknown = JSON.parse(
      await readFile(join(installationRoot(), 'schemas/runConfiguration.schema.json'), 'utf8'),
    );
    assert.deepEqual(committed, JSON.parse(JSON.stringify(schema)), 'run "npm run schema" and commit what it writes');
  });
});

describe('flags beside a configuration', () => {
  const given = (...argv: string[]) => givenOptions(command, argv);
  const changed = async (config: TrainConfig, ...argv: string[]) =>
    configWithFlags(trainSoftmaxFlags, config, given(...argv));

  test('only those that were typed count, also with the value of a default', async () => {
    assert.equal(given().batch_size, undefined);
    assert.equal(given('--batch_size', '90').batch_size, 90);
    const config = configOf({ batchSize: 32, keepProbability: 0.8, randomFlip: true });
    assert.deepEqual(await changed(config), config);
    assert.deepEqual(await changed(config, '--batch_size', '90', '--seed', '1'), { ...config, batchSize: 90, seed: 1 });
  });

  test('rates, epochs and the first trained stage are those of the last phase', async () => {
    const config = configOf({});
    const { phases } = await changed(
      config,
      '--learning_rate',
      '0.5',
      '--max_nrof_epochs',
      '3',
      '--trainable_from',
      'Logits',
      '--optimizer',
      'MOM',
    );
    assert.deepEqual(phases, [
      classifier,
      { ...lastBlock, learningRate: 0.5, epochs: 3, trainableFrom: 'Logits', optimizer: 'MOM' },
    ]);
    assert.equal((await changed(config, '--batch_norm', 'update')).phases[1]!.batchNorm, 'update');
  });

  test('LFW is added and changed', async () => {
    const config = configOf({});
    const { lfw } = await changed(config, '--lfw_dir', '/lfw', '--lfw_pairs', '/p.txt', '--lfw_nrof_folds', '5');
    assert.deepEqual([lfw!.dir, lfw!.pairs, lfw!.folds, lfw!.batchSize], ['/lfw', '/p.txt', 5, 100]);
    const again = await changed(configOf({ lfw }), '--lfw_use_flipped_images', '--lfw_every_n_epochs', '2');
    assert.deepEqual(again.lfw, { ...lfw, useFlippedImages: true, everyEpochs: 2 });
    await assert.rejects(changed(config, '--lfw_nrof_folds', '5'), isUserError(/--lfw_nrof_folds needs --lfw_dir/));
  });

  test('what cannot be meant is told', async () => {
    const config = configOf({});
    await assert.rejects(
      changed(config, '--learning_rate_schedule_file', 'x'),
      isUserError(/only with --learning_rate -1/),
    );
    await assert.rejects(changed(config, '--batch_size', '0'), isUserError(/batchSize/));
    await assert.rejects(changed(config, '--resume', 'run'), isUserError(/--resume cannot stand beside --config/));
  });
});
