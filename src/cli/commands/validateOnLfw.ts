import type { ArgumentParser } from 'argparse';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openModel } from '../../checkpoint/model';
import { calibrationLines } from '../../evaluate/calibrationText';
import { uncertaintyLines } from '../../evaluate/operatingRateText';
import { readReport } from '../../evaluate/readReport';
import { formatReport } from '../../evaluate/report';
import { keptReportPath } from '../../identify/modelCalibration';
import { UserError } from '../../protocol/errors';
import { type ValidateRequest, validateRequestSchema } from '../../protocol/job';
import type { LfwReport } from '../../protocol/lfwReport';
import { writeFileAtomic } from '../../files/atomicFile';
import { expandHome } from '../../train/settings/homePath';
import { validateModel } from '../../jobs/validate';
import { reportName, requireFreeReport, validateShard } from '../../jobs/validationShards';
import { memoryContext } from '../../jobs/memoryContext';
import { PartsFolder } from '../../shard/partsFolder';
import type { Shard } from '../../shard/shard';
import type { Command, CommandContext, CommandOptions } from '../command';
import { mergeParts } from '../mergeParts';
import { addShardFlag, inShard } from '../shardFlag';
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
  parser.add_argument('--output_dir', {
    metavar: 'DIR',
    help: `also write the whole report to ${reportName} in this folder`,
  });
  addShardFlag(parser);
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  // Arrays of a scheduler go over models as well as over parts of one: a part is what is asked for.
  if (options['shard'] === undefined) return validate(options, context);
  return inShard(options, context, async (shard) =>
    shard === undefined ? validate(options, context) : validatePart(options, shard, context),
  );
}

function requestOf(typed: CommandOptions): ValidateRequest {
  return validateRequestSchema.parse({
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
}

async function validate(options: CommandOptions, command: CommandContext): Promise<number> {
  const { output, signal } = command;
  const request = requestOf(options);
  const kept = await keptOf(options);
  const outputDir = outputDirOf(options, command);
  if (outputDir !== undefined) {
    const others = await PartsFolder.existing(outputDir);
    if (others !== undefined)
      throw new UserError(`${outputDir} is being written in ${others.plan.parts} shards.`, others.wayOut());
    requireFreeReport(outputDir);
    await mkdir(outputDir, { recursive: true });
  }
  const report = await validateModel(request, memoryContext({ signal, onEvent: (event) => showEvent(output, event) }));
  if (outputDir !== undefined) await writeFileAtomic(join(outputDir, reportName), `${JSON.stringify(report)}\n`);
  await tell(report, kept, options, command);
  return 0;
}

/** A part of the images; whoever comes last tells the report. */
async function validatePart(options: CommandOptions, shard: Shard, command: CommandContext): Promise<number> {
  const { output, signal } = command;
  const outputDir = outputDirOf(options, command);
  if (outputDir === undefined)
    throw new UserError(
      '--shard needs --output_dir, the folder that all parts share.',
      'Give a folder on a shared disk.',
    );
  const kept = await keptOf(options);
  const context = memoryContext({ signal, onEvent: (event) => showEvent(output, event) });
  await validateShard(requestOf(options), outputDir, shard, context);
  await mergeParts(outputDir, output, shard);
  const path = join(outputDir, reportName);
  if (existsSync(path)) await tell(await readReport(path), kept, options, command);
  return 0;
}

function outputDirOf(options: CommandOptions, { cwd }: CommandContext): string | undefined {
  const typed = options['output_dir'];
  return typeof typed === 'string' ? resolve(cwd, expandHome(typed)) : undefined;
}

/** Where the report is to be kept. @throws UserError for a model beside which nothing can be */
async function keptOf(options: CommandOptions): Promise<string | undefined> {
  return options['keep_report'] === true ? keptReportPath(await openModel(String(options['model']))) : undefined;
}

/** Prints a report and keeps it where that is asked for. */
async function tell(
  report: LfwReport,
  kept: string | undefined,
  options: CommandOptions,
  { output, cwd }: CommandContext,
): Promise<void> {
  if (typeof options['json'] === 'string') {
    await writeFileAtomic(resolve(cwd, options['json']), `${JSON.stringify(report, undefined, 2)}\n`);
  }
  for (const line of [...formatReport(report), ...uncertaintyLines(report)]) output.line(line);
  if (options['confidence'] === true) for (const line of calibrationLines(report.calibration)) output.line(line);
  if (kept === undefined) return;
  await writeFileAtomic(kept, `${JSON.stringify(report)}\n`);
  output.line(`Kept: ${kept}`);
}

export const command: Command = {
  name: 'validate-on-lfw',
  summary: 'Measure a model on pairs of faces with the LFW protocol.',
  configure,
  run,
};
