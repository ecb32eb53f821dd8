import { relative, resolve } from 'node:path';
import { type AlignSummary, alignDataset } from '../../align/alignDataset';
import { starterNetwork } from '../../checkpoint/starter';
import { UserError } from '../../protocol/errors';
import type { LfwEvent } from '../../protocol/events';
import { type AlignRequest, type DemoRequest, alignRequestSchema } from '../../protocol/job';
import type { JobContext } from '../../protocol/jobContext';
import { readEvents } from '../../run/metricsLog';
import { selfCheckLines } from '../../words/selfCheckWords';
import { verdictLines } from '../../words/verdictWords';
import { comparisonTable, evaluationsOf } from './comparison';
import { DemoFolder } from '../../demo/demoFolder';
import { drawPhotographs } from '../../demo/drawPhotographs';
import { trainDemo } from './trainingStage';

/** What a demo gives; absent parts were not asked for. */
export interface DemoResult {
  folder: DemoFolder;
  detector?: 'mtcnn' | 'starter';
  photographs?: number;
  faces?: number;
  /** Folder of the fine-tuning's run. */
  run?: string;
  /** Before the training and after each phase. */
  evaluations: LfwEvent[];
}

/**
 * The whole way without a network and without a photograph of anyone: people are drawn, their faces found and cut out,
 * the starter model is fine-tuned on some of them and measured on others before and after. What it leaves is a
 * workspace like a user's: photos/, aligned/, pairs.txt and the run in .facenet/runs.
 *
 * @throws UserError when the folder holds anything but such a demo, StoppedError on abort; the same request continues.
 */
export async function runDemo(request: DemoRequest, context: JobContext): Promise<DemoResult> {
  const folder = new DemoFolder(resolve(request.outputDir));
  const say = (message: string): void => context.report({ type: 'log', level: 'info', message });
  await folder.claim(request);
  await drawPhotographs(request, folder, context);
  if (request.drawOnly) {
    say(
      `Drawn: ${folder.photographs.train} to train on, ${folder.photographs.lfw} and ${folder.pairs} to measure with.`,
    );
    await context.update({ result: { outputDir: folder.root } });
    return { folder, evaluations: [] };
  }

  const train = await align(folder.photographs.train, folder.aligned.train, 'auto', context);
  const lfw = await align(folder.photographs.lfw, folder.aligned.lfw, train.detector, context);
  const photographs = train.images + lfw.images;
  const faces = [train, lfw].reduce((sum, { faces: found, present }) => sum + found + present, 0);
  const { detector } = train;
  say(`Faces found by ${detector === 'mtcnn' ? 'MTCNN' : 'the starter detector'}: ${faces} of ${photographs}.`);

  const run = await trainDemo(request, folder, context);
  const evaluations = evaluationsOf(await readEvents(run.metrics));
  const print = (line: string): void => context.report({ type: 'log', level: 'info', message: line, script: true });
  for (const line of comparisonTable(evaluations)) print(line);
  const { verdict, selfCheck } = await run.reload();
  if (verdict !== undefined) for (const line of verdictLines(verdict)) say(line);
  if (selfCheck !== undefined) for (const line of selfCheckLines(selfCheck)) say(line);
  print(`Run: ${run.path}`);
  print(`Workspace: ${folder.root}`);
  const last = evaluations.at(-1);
  await context.update({
    result: {
      outputDir: folder.root,
      run: relative(folder.root, run.path),
      detector,
      photographs,
      faces,
      ...(last === undefined ? {} : { report: resolve(run.path, last.report) }),
      evaluations,
    },
  });
  return { folder, detector, photographs, faces, run: run.path, evaluations };
}

/** Cuts the faces out the way the starter model wants them. */
async function align(
  inputDir: string,
  outputDir: string,
  detector: AlignRequest['detector'],
  context: JobContext,
): Promise<AlignSummary> {
  const { imageSize, alignment } = starterNetwork().recipe;
  const request = alignRequestSchema.parse({
    kind: 'align',
    inputDir,
    outputDir,
    imageSize,
    margin: 0,
    detector,
    alignment,
  });
  const summary = await alignDataset(request, context);
  if (summary.faces + summary.present === 0) {
    throw new UserError(`No face was found in ${inputDir}.`, 'Run facenet doctor: the detector does not work here.');
  }
  return summary;
}
