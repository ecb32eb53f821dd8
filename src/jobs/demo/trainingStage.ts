// The demo's fine-tuning: a run of its own, so that it is seen, resumed and compared like any other.
import { join, relative } from 'node:path';
import type { DemoFolder } from '../../demo/demoFolder';
import type { RunEvent } from '../../protocol/events';
import type { DemoRequest, TrainRequest } from '../../protocol/job';
import type { JobContext } from '../../protocol/jobContext';
import { trainRequestSchema } from '../../protocol/job';
import { createRunFolder, runsDirectory, type RunFolder } from '../../run/runFolder';
import { runInFolder } from '../lifecycle';
import { trainInThread } from '../thread/trainInThread';

/**
 * Both phases of a fine-tuning: the classifier alone, then from the last block on. The rates were chosen by measurement
 * on 24 drawn people outside the training (accuracy 0.910, VAL 0.40 before): 0.943 and 0.62 with these, 0.930 and 0.50
 * with a classifier rate of 10, 0.938 and 0.58 when training from one block earlier, in four times the time.
 */
function demoTraining(request: DemoRequest, folder: DemoFolder): TrainRequest {
  return trainRequestSchema.parse({
    kind: 'train',
    config: {
      dataDir: folder.aligned.train,
      pretrainedModel: 'starter',
      phases: [
        { name: 'classifier', trainableFrom: 'Logits', epochs: 100, learningRate: 1 },
        { name: 'last-block', trainableFrom: 'Block256_Down_Out', epochs: 20, learningRate: 0.0003 },
      ],
      optimizer: 'ADAM',
      batchSize: 48,
      randomFlip: true,
      validationSplitRatio: 0.15,
      minTrainImagesPerClass: 1,
      seed: request.seed,
      lfw: { dir: folder.aligned.lfw, pairs: folder.pairs, folds: 10, batchSize: 50 },
      keepCheckpoints: 2,
    },
  });
}

/**
 * Trains in a run folder of its own in the demo's workspace, with a life of its own; what happens there is told to the
 * demo's context too. @throws what the training throws, after it has been recorded there
 */
export async function trainDemo(request: DemoRequest, folder: DemoFolder, context: JobContext): Promise<RunFolder> {
  const training = demoTraining(request, folder);
  const run = await createRunFolder(runsDirectory(folder.root), training, 'Demo fine-tuning');
  await runInFolder(training, run, async (own) => trainInThread(training, own), {
    signal: context.signal,
    keeper: context.keeper,
    heart: context.heart,
    onEvent: (event) => tell(event, run.path, context),
  });
  return run;
}

/** Passes an event on, with its files as the demo's own run folder sees them; states and checkpoints are the training's. */
function tell(event: RunEvent, trainingRun: string, context: JobContext): void {
  if (event.type === 'checkpoint' || event.type === 'state') return;
  if (event.type !== 'lfw') context.report(event);
  else {
    const report = relative(context.runFolder, join(trainingRun, event.report)).replaceAll('\\', '/');
    context.report({ ...event, report });
  }
}
