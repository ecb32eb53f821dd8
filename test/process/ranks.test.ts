// A training that mpirun starts several times, with the launchers and libraries of MPICH and Open MPI.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { openRunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { within } from '../fixtures/deadlines.mjs';
import { facenetOnRanks, mpis } from '../fixtures/mpi';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { temporaryWorkspace, until } from '../fixtures/runs';
import { tensorsOf } from '../fixtures/smallTraining';

/** Fifty steps of a classifier and of the block before it. */
const settings = {
  ...{ dataDir: 'faces', pretrainedModel: 'starter', engine: 'wasm', keepProbability: 1, seed: 5 },
  ...{ batchSize: 7, epochSize: 5, centerLossFactor: 0.02, optimizer: 'ADAM' },
  phases: [
    { name: 'classifier', trainableFrom: 'Logits', epochs: 8, learningRate: 0.02 },
    { name: 'last block', trainableFrom: 'LastBlock', epochs: 2, learningRate: 0.0005, batchNorm: 'frozen' },
  ],
};

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
  let alone: Map<string, ArrayLike<number>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeNoiseFaces(join(workspace.path, 'faces'), { people: 3, images: 6, size: 150 });
    await writeFile(join(workspace.path, 'short.facenet.json'), JSON.stringify(settings));
    const [phase] = settings.phases;
    const long = { ...settings, phases: [{ ...phase, epochs: 100_000 }] };
    await writeFile(join(workspace.path, 'long.facenet.json'), JSON.stringify(long));
    const done = spawnSync(process.execPath, [distFile('cli.cjs'), 'train-softmax', '--config', 'short.facenet.json'], {
      cwd: workspace.path,
      encoding: 'utf8',
    });
    assert.equal(done.status, 0, done.stderr);
    alone = await tensorsOf((await lastRun()).folder);
  });
  after(() => workspace.dispose());
  const lastRun = async () => (await listRuns(workspace.path))[0]!;
  const train = (mpi: (typeof mpis)[number], ranks: number, ...argv: string[]) =>
    facenetOnRanks(mpi, ranks, workspace.path, ['train-softmax', ...argv]);

  for (const mpi of mpis) {
    test(`${mpi.name}: two ranks do what one process does, and agree to the bit`, { skip: mpi.skip }, async () => {
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
    });

    test(
      `${mpi.name}: a stop of one rank is one of all, and other ranks go on from there`,
      { skip: mpi.skip },
      async () => {
        const training = train(mpi, 2, '--config', 'long.facenet.json');
        const folder = await begun(training);
        const { worker } = (await openRunFolder(folder)).record;
        process.kill(worker!.pid, 'SIGTERM');
        assert.equal(await training.ended, 130, training.output());
        const { record } = await openRunFolder(folder);
        assert.equal(record.state, 'stopped', training.output());

        const three = train(mpi, 3, '--resume', folder);
        await until('three ranks have gone on', async () => {
          assert.equal(three.child.exitCode, null, three.output());
          const { checkpoint, ranks } = (await openRunFolder(folder)).record;
          return ranks?.size === 3 && checkpoint!.step > record.checkpoint!.step;
        });
        three.child.kill(mpi.stopSignal);
        assert.equal(await three.ended, 130, three.output());
        assert.equal((await openRunFolder(folder)).record.state, 'stopped', three.output());
      },
    );

    test(
      `${mpi.name}: a rank that is killed ends all, and leaves the last checkpoint`,
      { skip: mpi.skip },
      async () => {
        const training = train(mpi, 2, '--config', 'long.facenet.json');
        const folder = await begun(training);
        const [, follower] = /rank 1 is process (\d+)/.exec(training.output())!;
        process.kill(Number(follower), 'SIGKILL');
        assert.notEqual(await training.ended, 0);
        const { checkpoint, worker } = (await openRunFolder(folder)).record;
        await until('no rank is left', async () => !isRunning(worker!.pid));
        assert.ok((await tensorsOf(folder)).has('global_step'), `${checkpoint?.prefix}`);
      },
    );

    test(`${mpi.name}: doctor shows all ranks on one page`, { skip: mpi.skip }, async () => {
      const doctor = facenetOnRanks(mpi, 2, workspace.path, ['doctor', '--json']);
      assert.equal(await doctor.ended, 0, doctor.output());
      const { library, ranks } = JSON.parse(doctor.output()) as { library: string; ranks: { pid: number }[] };
      assert.match(library, new RegExp(`^${mpi.name}.*thread level \\w+`));
      assert.equal(new Set(ranks.map(({ pid }) => pid)).size, 2);
    });
  }

  test('tasks that do not find each other are a sentence, and no run is made', async () => {
    const before = (await listRuns(workspace.path)).length;
    const [{ library, skip }] = mpis as [(typeof mpis)[0]];
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

  /** The run folder of a training that has saved a checkpoint and goes on. */
  async function begun(training: ReturnType<typeof facenetOnRanks>): Promise<string> {
    let folder = '';
    await until('it has saved', async () => {
      assert.equal(training.child.exitCode, null, training.output());
      folder = /^Run folder: (.*)$/m.exec(training.output())?.[1] ?? '';
      return folder !== '' && (await openRunFolder(folder)).record.checkpoint !== undefined;
    });
    return folder;
  }
});
