// Ranks whose steps are graphs of TensorFlow: two calls of each, with the sums of the launcher's MPI between them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { listRuns } from '../../src/run/runList';
import { within } from '../fixtures/deadlines.mjs';
import { facenetOnRanks, mpis } from '../fixtures/mpi';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { temporaryWorkspace } from '../fixtures/runs';
import { tensorsOf } from '../fixtures/smallTraining';
import { noTensorflow, tensorflowDevice } from '../fixtures/tensorflowDevice';

const mpi = mpis.find(({ skip }) => skip === false);
const skip = mpi === undefined ? mpis[0]!.skip : noTensorflow;

const phase = { name: 'last block', trainableFrom: 'LastBlock', learningRate: 0.0005, batchNorm: 'frozen' };
const common = {
  ...{ dataDir: 'faces', pretrainedModel: 'starter', engine: tensorflowDevice, keepProbability: 1, seed: 5 },
  optimizer: 'ADAM',
};
const trainings = {
  'train-softmax': {
    ...{ ...common, batchSize: 7, epochSize: 5, centerLossFactor: 0.02 },
    phases: [{ ...phase, epochs: 2 }],
  },
  // Rounds of 45 triplets in steps of four: the last one has a single triplet, which is that of one rank.
  'train-tripletloss': {
    ...{ ...common, head: 'triplet', batchSize: 12, epochSize: 14, alpha: 3, peoplePerBatch: 3, imagesPerPerson: 6 },
    phases: [{ ...phase, epochs: 1 }],
  },
};

for (const [command, settings] of Object.entries(trainings))
  test(`two ranks train in graphs as one process does: ${command}`, { skip, timeout: within(120_000) }, async () => {
    const workspace = await temporaryWorkspace();
    try {
      const { path: cwd } = workspace;
      await writeNoiseFaces(join(cwd, 'faces'), { people: 3, images: 6, size: 150 });
      await writeFile(join(cwd, 'short.facenet.json'), JSON.stringify(settings));
      const argv = [command, '--config', 'short.facenet.json'];
      const env = { ...process.env, FACENET_STEP: 'graph' };
      const alone = spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd, encoding: 'utf8', env });
      assert.equal(alone.status, 0, alone.stderr);
      const one = (await listRuns(cwd))[0]!;
      assert.match(one.record.engines!.step!, /^one call of a TensorFlow graph/);

      const training = facenetOnRanks(mpi!, 2, cwd, argv, { FACENET_STEP: 'graph' });
      assert.equal(await training.ended, 0, training.output());
      assert.match(training.output(), /All 2 ranks hold the same weights, bit for bit/);
      const two = (await listRuns(cwd))[0]!;
      assert.notEqual(two.folder, one.folder);
      assert.match(two.record.engines!.step!, /^two calls of a TensorFlow graph/);

      const [expected, learned] = [await tensorsOf(one.folder), await tensorsOf(two.folder)];
      assert.deepEqual([...learned.keys()].sort(), [...expected.keys()].sort());
      let moved = 0;
      for (const [name, values] of expected) {
        // That of the images of rank 0, by which a collapse is noticed.
        if (name === 'first_spread') continue;
        const others = learned.get(name)!;
        const size = Array.from(values, (value) => Math.abs(Number(value))).reduce((a, b) => Math.max(a, b), 1);
        for (let index = 0; index < values.length; index++)
          moved = Math.max(moved, Math.abs(Number(values[index]) - Number(others[index])) / size);
      }
      assert.ok(moved < 1e-5, `${moved}`);
    } finally {
      await workspace.dispose();
    }
  });
