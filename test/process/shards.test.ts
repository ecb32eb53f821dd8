// Works in parts, as a scheduler runs them.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { distFile } from '../../src/engine/installation';
import { isOfShard } from '../../src/shard/peopleOfShard';
import { within } from '../fixtures/deadlines.mjs';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { until } from '../fixtures/runs';
import { sharedPath, skipWithoutShared } from '../fixtures/shared';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const skip = skipWithoutShared('data', 'images');
const root = temporaryFolder();
const people = ['Ann', 'Bob', 'Cleo', 'Dee'];
const settings = ['photographs', 'faces', '--detector', 'starter', '--image_size', '64', '--jobs', '1'];

/** Everything in an aligned folder but its times, its arguments and the number of its boxes. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !statSync(join(folder, name)).isDirectory() && name !== 'revision_info.txt' && name !== 'alignment.json',
  );
  return Object.fromEntries(
    files.sort().map((name) => [name.replace(/\d{5}(?=\.txt)/, 'N'), readFileSync(join(folder, name), 'base64')]),
  );
}

describe('shards of an alignment', { skip, timeout: within(120_000) }, () => {
  const at = (...parts: string[]): string => join(root, ...parts);
  const align = (...flags: string[]): { argv: string[]; options: { cwd: string } } => ({
    argv: [distFile('cli.cjs'), 'align', ...settings, ...flags],
    options: { cwd: root },
  });
  const run = (flags: string[], env: Record<string, string> = {}) => {
    const { argv, options } = align(...flags);
    return spawnSync(process.execPath, argv, { encoding: 'utf8', ...options, env: { ...process.env, ...env } });
  };

  test('one of three is killed and run again: byte for byte what one run makes', async () => {
    for (const person of people) {
      await mkdir(at('photographs', person), { recursive: true });
      for (const number of [1, 2, 3])
        await cp(sharedPath('data', 'images', 'Anthony_Hopkins_0001.jpg'), at('photographs', person, `${number}.jpg`));
    }
    await sharp({ create: { width: 80, height: 80, channels: 3, background: '#808080' } })
      .png()
      .toFile(at('photographs', 'Bob', 'grey.png'));
    await writeFile(at('photographs', 'Dee', 'text.jpg'), 'not an image');
    const whole = run([]);
    assert.equal(whole.status, 0, whole.stderr);
    const expected = contentOf(at('faces'));
    assert.equal(Object.keys(expected).length, 3 * people.length + 2);
    await rm(at('faces'), { recursive: true });

    // The largest part is killed once its first crop is there.
    const sizes = [0, 1, 2].map((index) => people.filter((name) => isOfShard(name, { index, count: 3 })).length);
    const killed = sizes.indexOf(Math.max(...sizes)) + 1;
    const { argv, options } = align('--shard', `${killed}/3`);
    const child = spawn(process.execPath, argv, { ...options, stdio: 'ignore' });
    const exited = once(child, 'exit');
    const crops = (): string[] =>
      existsSync(at('faces'))
        ? readdirSync(at('faces'), { recursive: true, encoding: 'utf8' }).filter((name) => /[\\/]\d\.png$/.test(name))
        : [];
    await until('the first crop', async () => crops().length > 0);
    child.kill('SIGKILL');
    await exited;
    assert.ok(crops().length < 3 * sizes[killed - 1]!, 'it was killed in the middle');

    const refused = run([]);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /is being aligned in 3 shards/);
    const other = run(['--shard', '1/3', '--margin', '8']);
    assert.equal(other.status, 3, 'the exit code of what is not to be tried again');

    for (const part of [1, 2, 3]) {
      const env = { SLURM_ARRAY_TASK_ID: `${part}`, SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '3' };
      const { status, stdout, stderr } = run([], env);
      assert.equal(status, 0, stderr);
      assert.match(
        stdout,
        part < 3 ? /Shard .\/3 is done, \d of 3 are\./ : /All 3 shards of faces are merged: 12 faces/,
      );
    }
    assert.deepEqual(contentOf(at('faces')), expected, relative(root, at('faces')));
    const merge = spawnSync(process.execPath, [distFile('cli.cjs'), 'merge', 'faces'], { cwd: root, encoding: 'utf8' });
    assert.equal(merge.status, 0);
    assert.match(merge.stdout, /no shards to merge/);
  });
});

test('shards of an export, as pods of an Indexed Job', { timeout: within(60_000) }, async () => {
  const cwd = join(root, 'export');
  await writeNoiseFaces(join(cwd, 'faces'), { people: 3, images: 1, size: 96 });
  const run = (output: string, env: Record<string, string>, ...flags: string[]) =>
    spawnSync(
      process.execPath,
      [distFile('cli.cjs'), 'export-embeddings', 'starter', 'faces', '--output_dir', output, ...flags],
      { cwd, encoding: 'utf8', env: { ...process.env, ...env } },
    );
  assert.equal(run('whole', {}).status, 0);
  const unnumbered = run('parts', { JOB_COMPLETION_INDEX: '0' }, '--shard', '1/0');
  assert.equal(unnumbered.status, 3, 'the exit code of what is not to be tried again');
  const first = run('parts', { JOB_COMPLETION_INDEX: '1' }, '--shard', '2');
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /Shard 2\/2 is done, 1 of 2 are\./);
  const last = run('parts', { JOB_COMPLETION_INDEX: '0' }, '--shard', '2');
  assert.match(last.stdout, /All 2 shards of .*parts are merged: embeddings of 3 images of 3 people\./, last.stderr);
  assert.deepEqual(contentOf(join(cwd, 'parts')), contentOf(join(cwd, 'whole')));
  assert.equal(Object.keys(contentOf(join(cwd, 'parts'))).length, 3);
  const again = run('parts', {}, '--shard', '1/2');
  assert.equal(again.status, 3);
  assert.match(again.stderr, /exists already/);
});

test('shards of an evaluation: the report is that of one process', { timeout: within(60_000) }, async () => {
  const cwd = join(root, 'evaluation');
  await writeNoiseFaces(join(cwd, 'faces'), { people: 3, images: 3, size: 96 });
  const fold = ['person_0 1 2', 'person_1 2 3', 'person_0 3 person_2 1', 'person_1 1 person_2 3'];
  await writeFile(join(cwd, 'pairs.txt'), `2\t2\n${[...fold, ...fold].join('\n')}\n`);
  const settings = ['--lfw_pairs', 'pairs.txt', '--lfw_nrof_folds', '2', '--use_flipped_images', '--subtract_mean'];
  const run = (...flags: string[]) =>
    spawnSync(process.execPath, [distFile('cli.cjs'), 'validate-on-lfw', 'faces', 'starter', ...settings, ...flags], {
      ...{ cwd, encoding: 'utf8' },
      // An array may go over models: by itself it is no reason to do a part.
      env: { ...process.env, SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '2' },
    });
  const whole = run('--output_dir', 'whole');
  assert.equal(whole.status, 0, whole.stderr);
  assert.equal(run('--shard', '1/2').status, 3, 'nowhere to put it');
  const first = run('--shard', '2', '--output_dir', 'parts');
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /Part 2\/2: task 2 of Slurm's array\.[^]*Shard 2\/2 is done, 1 of 2 are\./);
  const other = run('--shard', '1/2', '--output_dir', 'parts', '--distance_metric', '1');
  assert.match(other.stderr, /The other shards in .*parts have distanceMetric 0, not 1\./);
  const last = run('--shard', '1/2', '--output_dir', 'parts');
  assert.match(last.stdout, /All 2 shards of .*parts are merged: Accuracy: .*lfw\.json\./, last.stderr);
  assert.ok(last.stdout.endsWith(whole.stdout.slice(whole.stdout.indexOf('Accuracy: '))), last.stdout);
  const [wholly, merged] = ['whole', 'parts'].map((folder): unknown => ({
    ...(JSON.parse(readFileSync(join(cwd, folder, 'lfw.json'), 'utf8')) as object),
    createdAt: undefined,
  }));
  assert.deepEqual(merged, wholly);
  const again = run('--shard', '1/2', '--output_dir', 'parts');
  assert.match(again.stderr, /lfw\.json exists already/);
});

test('activations that parts have computed are found by the training', { timeout: within(90_000) }, async () => {
  const cwd = join(root, 'activations');
  await writeNoiseFaces(join(cwd, 'faces'), { people: 3, images: 4, size: 150 });
  const fold = ['person_0 1 2', 'person_1 2 3', 'person_0 3 person_2 1', 'person_1 1 person_2 3'];
  await writeFile(join(cwd, 'pairs.txt'), `2\t2\n${[...fold, ...fold].join('\n')}\n`);
  const phase = { epochs: 1, learningRate: 0.01 };
  const config = {
    ...{ dataDir: 'faces', pretrainedModel: 'starter', engine: 'wasm', batchSize: 4, validationSplitRatio: 0.25 },
    phases: [
      { name: 'classifier', trainableFrom: 'Logits', ...phase },
      { name: 'last block', trainableFrom: 'LastBlock', ...phase },
    ],
    ...{ randomFlip: true, lfw: { dir: 'faces', pairs: 'pairs.txt', folds: 2, useFlippedImages: true } },
    activationCacheDir: 'activations',
  };
  await writeFile(join(cwd, 'train.facenet.json'), JSON.stringify(config));
  const run = (...flags: string[]) =>
    spawnSync(process.execPath, [distFile('cli.cjs'), 'train-softmax', '--config', 'train.facenet.json', ...flags], {
      ...{ cwd, encoding: 'utf8' },
    });
  const segments = (): string[][] =>
    readdirSync(join(cwd, 'activations'))
      .sort()
      .map((folder) =>
        readdirSync(join(cwd, 'activations', folder, 'cache'), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.f32'))
          .sort(),
      );
  for (const part of ['1/2', '2/2', '2/2']) {
    const { status, stdout, stderr } = run('--shard', part);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /The activations of \d+ images of shard ./);
  }
  const [filled] = segments();
  assert.ok(filled!.length >= 4, filled!.join());
  const trained = run();
  assert.equal(trained.status, 0, trained.stderr);
  const [own, still] = segments();
  assert.deepEqual(still, filled, 'the second time a part has computed nothing');
  assert.deepEqual(own, filled, 'the training has computed nothing');
  const fromScratch = [
    '--data_dir',
    'faces',
    '--model_def',
    'models.squeezenet',
    '--activation_cache_dir',
    'activations',
  ];
  const nothing = spawnSync(
    process.execPath,
    [distFile('cli.cjs'), 'train-softmax', ...fromScratch, '--shard', '1/2'],
    {
      ...{ cwd, encoding: 'utf8' },
    },
  );
  assert.equal(nothing.status, 3, 'the exit code of what is not to be tried again');
  assert.match(nothing.stderr, /trains the whole network/);
});
test(
  'shards of a cleaning, one killed and run again: the answer and the folders of one run',
  {
    timeout: within(60_000),
  },
  async () => {
    const names = ['Ann', 'Bob', 'Cleo', 'Dee'];
    const owners = names.map((name) => [0, 1].find((index) => isOfShard(name, { index, count: 2 })));
    assert.ok(owners.includes(0) && owners.includes(1), 'both parts have people');
    const [whole, parts] = [join(root, 'clean-whole'), join(root, 'clean-parts')];
    const picture = async (size: number, background: string): Promise<Buffer> =>
      sharp({ create: { width: size, height: size, channels: 3, background } })
        .png()
        .toBuffer();
    const same = await picture(40, '#123456');
    for (const cwd of [whole, parts]) {
      for (const [index, name] of names.entries()) {
        await mkdir(join(cwd, 'photos', name), { recursive: true });
        // Copies in the folders of others, who are in other parts.
        await writeFile(join(cwd, 'photos', name, 'same.png'), same);
        await writeFile(join(cwd, 'photos', name, 'own.png'), await picture(30 + index, '#654321'));
      }
      await writeFile(join(cwd, 'photos', 'Bob', 'text.jpg'), 'not an image');
      await writeFile(join(cwd, 'photos', 'Dee', 'small.png'), await picture(8, '#ffffff'));
    }
    const argv = [distFile('cli.cjs'), 'clean', 'photos', '--json', '--move', 'out', '--duplicates'];
    const run = (cwd: string, ...flags: string[]) =>
      spawnSync(process.execPath, [...argv, ...flags], { cwd, encoding: 'utf8' });
    const expected = run(whole);
    assert.equal(expected.status, 0, expected.stderr);
    assert.equal((JSON.parse(expected.stdout) as unknown[]).length, 5);

    const child = spawn(process.execPath, [...argv, '--shard', '1/2'], { cwd: parts, stdio: 'ignore' });
    const exited = once(child, 'exit');
    const index = join(parts, '.facenet', 'index');
    const folders = (): string[] =>
      existsSync(index) ? readdirSync(index).filter((name) => name.endsWith('.parts')) : [];
    await until('the parts', async () => folders().some((name) => existsSync(join(index, name, '.shards', '1'))));
    child.kill('SIGKILL');
    await exited;
    // On a fast machine it may have been done already: killed before its last word is what is meant.
    for (const name of folders()) await rm(join(index, name, '.shards', '1', 'done.json'), { force: true });
    const other = run(parts, '--shard', '2/2', '--min_size', '4');
    assert.equal(other.status, 3, other.stdout);
    assert.match(other.stderr, /have min_size 20, not 4/);
    const first = run(parts, '--shard', '2/2');
    assert.deepEqual([first.status, first.stdout], [0, ''], first.stderr);
    assert.match(first.stderr, /Shard 2\/2 is done, 1 of 2 are\./);
    assert.ok(!existsSync(join(parts, 'out')), 'nothing is taken away before all have looked');
    const last = run(parts, '--shard', '1/2');
    assert.equal(last.stdout, expected.stdout.replaceAll(whole, parts), last.stderr);
    for (const folder of ['photos', 'out'])
      assert.deepEqual(contentOf(join(parts, folder)), contentOf(join(whole, folder)));
    assert.deepEqual(folders(), []);
  },
);
