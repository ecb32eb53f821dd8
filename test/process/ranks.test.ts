// A training that mpirun starts several times, with the launchers and libraries of MPICH and Open MPI.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { readPeople } from '../../src/evaluate/readPeople';
import { readReport } from '../../src/evaluate/readReport';
import { reportOfStep } from '../../src/evaluate/runVerdict';
import { openRunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { within } from '../fixtures/deadlines.mjs';
import { facenetOnRanks, mpis } from '../fixtures/mpi';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { temporaryWorkspace, until } from '../fixtures/runs';
import { tensorsOf } from '../fixtures/smallTraining';

/** Fifty steps of a classifier and of the block before it, looked at on pairs and on images that are held out. */
const settings = {
  ...{ dataDir: 'faces', pretrainedModel: 'starter', engine: 'wasm', keepProbability: 1, seed: 5 },
  ...{ batchSize: 7, epochSize: 5, centerLossFactor: 0.02, optimizer: 'ADAM', keepCheckpoints: 2 },
  ...{ validationSplitRatio: 0.2, lfw: { dir: 'faces', pairs: 'pairs.txt', folds: 2 } },
  phases: [
    { name: 'classifier', trainableFrom: 'Logits', epochs: 8, learningRate: 0.02 },
    { name: 'last block', trainableFrom: 'LastBlock', epochs: 2, learningRate: 0.0005, batchNorm: 'frozen' },
  ],
};
/** Rounds of 45 triplets, which all violate a margin of this width, in steps of four: the last one has a single triplet. */
const triplets = {
  ...{ dataDir: 'faces', pretrainedModel: 'starter', engine: 'wasm', keepProbability: 1, seed: 5, head: 'triplet' },
  ...{ batchSize: 12, epochSize: 14, optimizer: 'ADAM', alpha: 3, peoplePerBatch: 3, imagesPerPerson: 6 },
  phases: [{ name: 'last block', trainableFrom: 'LastBlock', epochs: 1, learningRate: 0.0005, batchNorm: 'frozen' }],
};
/** Of each person images 1 and 2, and 3 beside one of the next. */
const fold = [0, 1, 2].flatMap((one) => [`person_${one} 1 2`, `person_${one} 3 person_${(one + 1) % 3} 4`]);

/** Largest difference between values of two checkpoints, beside the largest value of each variable. */
function distance(a: Map<string, ArrayLike<number>>, b: Map<string, ArrayLike<number>>): number {
  assert.deepEqual([...a.keys()].sort(), [...b.keys()].sort());
  let largest = 0;
  for (const [name, values] of a) {
    // That of the images of rank 0, by which a collapse is noticed.
    if (name === 'first_spread') continue;
    const others = b.get(name)!;
    let size = 1;
    for (let index = 0; index < values.length; index++) size = Math.max(size, Math.abs(Number(values[index])));
    for (let index = 0; index < values.length; index++)
      largest = Math.max(largest, Math.abs(Number(values[index]) - Number(others[index])) / size);
  }
  return largest;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('training on ranks', { timeout: within(300_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  let [aloneIn, alone] = ['', new Map<string, ArrayLike<number>>()];
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeNoiseFaces(join(workspace.path, 'faces'), { people: 3, images: 6, size: 150 });
    await writeFile(join(workspace.path, 'pairs.txt'), `2\t3\n${[...fold, ...fold].join('\n')}\n`);
    await writeFile(join(workspace.path, 'short.facenet.json'), JSON.stringify(settings));
    const [phase] = settings.phases;
    const long = {
      ...{ ...settings, validationSplitRatio: 0, lfw: undefined },
      phases: [{ ...phase, epochs: 100_000 }],
    };
    await writeFile(join(workspace.path, 'long.facenet.json'), JSON.stringify(long));
    const done = spawnSync(process.execPath, [distFile('cli.cjs'), 'train-softmax', '--config', 'short.facenet.json'], {
      cwd: workspace.path,
      encoding: 'utf8',
    });
    assert.equal(done.status, 0, done.stderr);
    aloneIn = (await lastRun()).folder;
    alone = await tensorsOf(aloneIn);
  });
  after(() => workspace.dispose());
  const lastRun = async () => (await listRuns(workspace.path))[0]!;
  const train = (mpi: (typeof mpis)[number], ranks: number, ...argv: string[]) =>
    facenetOnRanks(mpi, ranks, workspace.path, ['train-softmax', ...argv]);

  for (const mpi of mpis) {
    const others = mpi.name === 'MPICH' ? 3 : 1;
    test(
      `${mpi.name}: two ranks do what one process does and agree to the bit, and so do ${others} that go on`,
      { skip: mpi.skip },
      async () => {
        const training = train(mpi, 2, '--config', 'short.facenet.json');
        assert.equal(await training.ended, 0, training.output());
        assert.match(training.output(), new RegExp(`^2 ranks on .*${mpi.name.replace(' ', '.')}.*thread level`, 'm'));
        assert.equal(training.output().match(/All 2 ranks hold the same weights, bit for bit/g)?.length, 2);
        const { folder, record } = await lastRun();
        assert.equal(record.state, 'done');
        assert.equal(record.ranks?.size, 2);
        assert.ok([0, 1].includes(record.ranks.slowest!.rank));
        const apart = distance(await tensorsOf(folder), alone);
        assert.ok(apart < 1e-6, `${apart}`);
        assert.deepEqual(await evaluationsOf(folder), await evaluationsOf(aloneIn));

        await loseLastCheckpoint(folder);
        const resumed = train(mpi, others, '--resume', folder);
        assert.equal(await resumed.ended, 0, resumed.output());
        assert.match(resumed.output(), /Resuming at step 4[05]/);
        const later = distance(await tensorsOf(folder), alone);
        assert.ok(later < 1e-6, `${later}`);
      },
    );

    test(
      `${mpi.name}: all stop together, others go on from there, and one that is killed ends all`,
      { skip: mpi.skip },
      async () => {
        const training = train(mpi, 2, '--config', 'long.facenet.json');
        const folder = await begun(training, 2);
        training.child.kill(mpi.stopSignal);
        assert.equal(await training.ended, 130, training.output());
        const { state, checkpoint } = (await openRunFolder(folder)).record;
        assert.equal(state, 'stopped', training.output());

        const three = train(mpi, 3, '--resume', folder);
        await begun(three, 3);
        process.kill(pidOf(three, 2), 'SIGKILL');
        assert.notEqual(await three.ended, 0);
        await until('no rank is left', async () => !isRunning(pidOf(three, 0)) && !isRunning(pidOf(three, 1)));
        const [step] = (await tensorsOf(folder)).get('global_step') as unknown as [bigint];
        assert.ok(Number(step) >= checkpoint!.step, `${step}`);
      },
    );
  }

  const [mpich] = mpis as [(typeof mpis)[0]];

  test('two ranks choose and learn the triplets of one process', { skip: mpich.skip }, async () => {
    await writeFile(join(workspace.path, 'triplets.facenet.json'), JSON.stringify(triplets));
    const argv = ['train-tripletloss', '--config', 'triplets.facenet.json'];
    const one = spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd: workspace.path, encoding: 'utf8' });
    assert.equal(one.status, 0, one.stderr);
    const single = (await lastRun()).folder;
    const training = facenetOnRanks(mpich, 2, workspace.path, argv);
    assert.equal(await training.ended, 0, training.output());
    assert.match(training.output(), /All 2 ranks hold the same weights, bit for bit/);
    const { folder } = await lastRun();
    const apart = distance(await tensorsOf(folder), await tensorsOf(single));
    assert.ok(apart < 1e-5, `${apart}`);
    assert.deepEqual(await roundsOf(folder), await roundsOf(single));
  });

  test('ranks that keep activations of their own compute all of them, and the same', { skip: mpich.skip }, async () => {
    const own = { ...settings, activationCacheDir: 'kept', activationCachePerRank: true };
    await writeFile(join(workspace.path, 'own.facenet.json'), JSON.stringify(own));
    const training = train(mpich, 2, '--config', 'own.facenet.json');
    assert.equal(await training.ended, 0, training.output());
    const { folder, record } = await lastRun();
    const apart = distance(await tensorsOf(folder), alone);
    assert.ok(apart < 1e-6, `${apart}`);
    assert.deepEqual(await evaluationsOf(folder), await evaluationsOf(aloneIn));
    const kept = join(workspace.path, 'kept');
    assert.deepEqual((await readdir(kept)).sort(), [record.id, `${record.id}-rank1`]);
    const bytesIn = async (name: string): Promise<number> => {
      const files = await readdir(join(kept, name), { recursive: true });
      const sizes = files.filter((file) => file.endsWith('.f32')).map(async (file) => stat(join(kept, name, file)));
      return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
    };
    const [first, second] = [await bytesIn(record.id), await bytesIn(`${record.id}-rank1`)];
    assert.ok(first > 0 && second > 0.6 * first && first > 0.6 * second, `${first} and ${second} bytes`);
  });

  test('one rank is one process, bit for bit', { skip: mpich.skip }, async () => {
    await loseLastCheckpoint(aloneIn);
    const resumed = train(mpich, 1, '--resume', aloneIn);
    assert.equal(await resumed.ended, 0, resumed.output());
    assert.match(resumed.output(), /Resuming at step 4[05]/);
    assert.equal(distance(await tensorsOf(aloneIn), alone), 0);
  });

  test('what one rank is asked to stop all heed', { skip: mpich.skip }, async () => {
    const training = train(mpich, 2, '--config', 'long.facenet.json');
    const folder = await begun(training, 2);
    process.kill(pidOf(training, 1), 'SIGTERM');
    assert.equal(await training.ended, 130, training.output());
    assert.equal((await openRunFolder(folder)).record.state, 'stopped', training.output());
  });

  test('doctor shows all ranks on one page', { skip: mpich.skip }, async () => {
    const doctor = facenetOnRanks(mpich, 2, workspace.path, ['doctor', '--json']);
    assert.equal(await doctor.ended, 0, doctor.output());
    const { library, ranks } = JSON.parse(doctor.output()) as { library: string; ranks: { pid: number }[] };
    assert.match(library, new RegExp(`^${mpich.name}.*thread level \\w+`));
    assert.equal(new Set(ranks.map(({ pid }) => pid)).size, 2);
  });

  test('tasks that do not find each other are a sentence, and no run is made', async () => {
    const before = (await listRuns(workspace.path)).length;
    const { library, skip } = mpich;
    // Without a library at all, and with one that sees one process.
    for (const named of ['/no/libmpi.so', ...(skip === false ? [library] : [])]) {
      const { status, stderr } = spawnSync(
        process.execPath,
        [distFile('cli.cjs'), 'train-softmax', '--config', 'short.facenet.json'],
        { cwd: workspace.path, encoding: 'utf8', env: { ...process.env, SLURM_NTASKS: '2', FACENET_MPI: named } },
      );
      assert.equal(status, 2, stderr);
      assert.match(
        stderr,
        /^facenet: Slurm has started 2 tasks, but [^\n]*srun --mpi=pmix[^\n]*\n$|^facenet: Slurm has started 2 tasks, but [^\n]*FACENET_MPI[^\n]*\n$/,
      );
    }
    assert.equal((await listRuns(workspace.path)).length, before);
  });

  /** What a run has measured, but for where and when: on the pairs before its first step, and on held-out images at its end. */
  async function evaluationsOf(folder: string): Promise<unknown> {
    const { createdAt, ...report } = await readReport(join(folder, reportOfStep(0)));
    assert.ok(createdAt);
    const { heldOut } = (await openRunFolder(folder)).record;
    return { report, people: await readPeople(join(folder, heldOut!.file)) };
  }

  /** What a run has told of its rounds of triplets, but for how long they took. */
  async function roundsOf(folder: string): Promise<unknown[]> {
    const rounds = (await (await openRunFolder(folder)).readEvents()).filter((event) => event.type === 'round');
    assert.equal(rounds.length, 2);
    return rounds.map(({ step, people, images, pairs, triplets: found }) => ({ step, people, images, pairs, found }));
  }

  /** The last checkpoint that a run has written is cut off: a resume takes the one before, of the end of the first phase. */
  async function loseLastCheckpoint(folder: string): Promise<void> {
    await truncate(`${(await openRunFolder(folder)).record.checkpoint!.prefix}.data-00000-of-00001`, 100);
  }

  /** The run folder of a training that so many ranks make steps of. */
  async function begun(training: ReturnType<typeof facenetOnRanks>, ranks: number): Promise<string> {
    let folder = '';
    await until('there are steps', async () => {
      assert.equal(training.child.exitCode, null, training.output());
      folder = /^Run folder: (.*)$/m.exec(training.output())?.[1] ?? '';
      return folder !== '' && (await openRunFolder(folder)).record.ranks?.size === ranks;
    });
    return folder;
  }

  function pidOf(training: ReturnType<typeof facenetOnRanks>, rank: number): number {
    return Number(new RegExp(`rank ${rank} is process (\\d+)`).exec(training.output())![1]);
  }
});
