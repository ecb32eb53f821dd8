import type { ArgumentParser } from 'argparse';
import { resolve } from 'node:path';
import { openModel } from '../../checkpoint/model';
import { calibrationLines } from '../../evaluate/calibrationText';
import { uncertaintyLines } from '../../evaluate/operatingRateText';
import { formatReport } from '../../evaluate/report';
import { keptReportPath } from '../../identify/modelCalibration';
import { validateRequestSchema } from '../../protocol/job';
import { writeFileAtomic } from '../../files/atomicFile';
import { expandHome } from '../../train/settings/homePath';
import { validateModel } from '../../jobs/validate';
import { memoryContext } from '../../jobs/memoryContext';
import type { Command, CommandContext, CommandOptions } from '../command';
import { showEvent } from '../terminal';

function configure(parser: ArgumentParser): void {
  parser.add_argument('lfw_dir', {
    help: 'folder of aligned LFW faces, or a verification set of insightface (.bin), which has its own pairs',
  });
  parser.add_argument('model', { help: 'model directory, checkpoint prefix or file, frozen .pb, or starter' });
  parser.add_argument('--lfw_batch_size', { type: 'int', default: 100, help: 'accepted; it changes no result' });
  parser.add_argument('--image_size', { type: 'int', help: "network input in pixels; default the model's own" });
  parser.add_argument('--lfw_pairs', { default: 'data/pairs.txt', help: 'file of pairs (default: data/pairs.txt)' });
  parser.add_argument('--lfw_nrof_folds', { type: 'int', default: 10, help: 'folds of the cross-validation' });
  parser.add_argument('--distance_metric', {
    type: 'int',
    choices: [0, 1],
    default: 0,
    help: '0 squared Euclidean, 1 angle',
  });
  parser.add_argument('--use_flipped_images', {
    action: 'store_true',
    help: 'add the embedding of the mirrored image',
  });
  parser.add_argument('--subtract_mean', {
    action: 'store_true',
    help: "subtract the mean of each fold's training pairs",
  });
  parser.add_argument('--use_fixed_image_standardization', {
    action: 'store_true',
    help: "(x - 127.5) / 128; default the model's own standardisation",
  });
  parser.add_argument('--confidence', {
    action: 'store_true',
    help: 'also print thresholds and how sure a distance makes one of two faces being one person',
  });
  parser.add_argument('--keep_report', {
    action: 'store_true',
    help: 'keep the report beside the model, where compare and identify find its thresholds',
  });
  parser.add_argument('--json', { metavar: 'FILE', help: 'also write the whole report' });
}

async function run(options: CommandOptions, { output, signal, cwd }: CommandContext): Promise<number> {
  const typed = options as Record<string, unknown>;
  const request = validateRequestSchema.parse({
    kind: 'validate',
    model: typed['model'],
    lfw: {
      dir: expandHome(String(typed['lfw_dir'])),
      pairs: expandHome(String(typed['lfw_pairs'])),
      folds: typed['lfw_nrof_folds'],
      distanceMetric: typed['distance_metric'],
      useFlippedImages: typed['use_flipped_images'],
      subtractMean: typed['subtract_mean'],
      batchSize: typed['lfw_batch_size'],
    },
    imageSize: typed['image_size'],
    standardization: typed['use_fixed_image_standardization'] === true ? 'fixed' : undefined,
  });
  const kept = typed['keep_report'] === true ? keptReportPath(await openModel(String(typed['model']))) : undefined;
  const context = memoryContext({ signal, onEvent: (event) => showEvent(output, event) });
  const report = await validateModel(request, context);
  if (typeof typed['json'] === 'string') {
    await writeFileAtomic(resolve(cwd, typed['json']), `${JSON.stringify(report, undefined, 2)}\n`);
  }
  for (const line of [...formatReport(report), ...uncertaintyLines(report)]) output.line(line);
  if (typed['confidence'] === true) for (const line of calibrationLines(report.calibration)) output.line(line);
  if (kept !== undefined) {
    await writeFileAtomic(kept, `${JSON.stringify(report)}\n`);
    output.line(`Kept: ${kept}`);
  }
  return 0;
}

export const command: Command = {
  name: 'validate-on-lfw',
  summary: 'Measure a model on pairs of faces with the LFW protocol.',
  configure,
  run,
};
