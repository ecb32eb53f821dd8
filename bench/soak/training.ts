// One training of many steps in this thread, where its tensors and its heap can be counted, and what it holds meanwhile. Built and run by
// scripts/soak.mjs: node --expose-gc training.cjs NETWORK NAME STEPS ANSWER
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTrainingEngine } from '../../src/engine/trainingEngine';
import { runInFolder } from '../../src/jobs/lifecycle';
import { trainRequestSchema } from '../../src/protocol/job';
import { createRunFolder, runsDirectory } from '../../src/run/runFolder';
import { runTraining } from '../../src/train/loop/runTraining';
import { writeNoiseFaces } from '../../test/fixtures/noiseFaces';
import { networks, type Sample, type SoakedNetwork, soaks } from './soaks';

const samples = 100;

async function soak(network: SoakedNetwork, name: string, steps: number, answer: string): Promise<void> {
  const { phase, settings: own } = soaks[name]!;
  const workspace = await mkdtemp(join(tmpdir(), 'facenet-soak-'));
  try {
    const faces = join(workspace, 'faces');
    await writeNoiseFaces(faces, { people: 10, images: 10, size: network.faceSize });
    const epochSize = Math.min(1000, steps);
    const phases = [{ name, learningRate: 0.01, epochs: Math.ceil(steps / epochSize), ...phase }];
    const settings = {
      ...network.settings,
      batchSize: 10,
      engine: process.env.SOAK_ENGINE ?? 'wasm',
      ...own,
    };
    const request = trainRequestSchema.parse({
      kind: 'train',
      config: { dataDir: faces, epochSize, keepCheckpoints: 1, seed: 1, ...settings, phases },
    });
    const run = await createRunFolder(runsDirectory(workspace), request, name);
    const { tf } = await openTrainingEngine(settings.engine as 'wasm');
    const taken: Sample[] = [];
    const every = Math.max(1, Math.floor(steps / samples));
    let next = every;
    await runInFolder(request, run, async (context) => runTraining(request, context), {
      signal: new AbortController().signal,
      onEvent(event) {
        if (event.type !== 'step' || event.step < next) return;
        next = event.step + every;
        globalThis.gc!();
        const { heapUsed, external, rss } = process.memoryUsage();
        taken.push({ step: event.step, tensors: tf.memory().numTensors, heap: heapUsed + external, rss });
      },
    });
    await writeFile(answer, JSON.stringify(taken));
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

const [network, name, steps, answer] = process.argv.slice(2);
soak(networks[network as keyof typeof networks], name!, Number(steps), answer!).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
