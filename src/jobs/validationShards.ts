// An evaluation in parts: each process embeds the images of its people, the last one evaluates.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import { activities } from '../protocol/activities';
import { UserError } from '../protocol/errors';
import { type ValidateRequest, validateRequestSchema } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';
import type { LfwReport } from '../protocol/lfwReport';
import { weightsDigest } from '../recognize/openEmbedder';
import { embedderOfShards, embedShard, pairsDigest } from '../recognize/pairShards';
import { PartsFolder, type PartsPlan } from '../shard/partsFolder';
import type { Shard } from '../shard/shard';
import { embedderOf, evaluatePrepared, prepareValidation } from './validate';

export const validationWork = 'validate-on-lfw';
/** The report in the output folder. */
export const reportName = 'lfw.json';

const nothing = (): void => undefined;

/**
 * Embeds the images of one part and keeps them in the output folder.
 * @returns images of the part
 * @throws UserError where a report is there already, or the parts are of other pairs, another model, settings or number
 */
export async function validateShard(
  request: ValidateRequest,
  outputDir: string,
  shard: Shard,
  context: JobContext,
): Promise<number> {
  const say = (message: string, level: 'info' | 'warning' = 'info'): void =>
    context.report({ type: 'log', level, message });
  const prepared = await prepareValidation(request, say);
  const plan: PartsPlan = {
    ...{ version: 1, work: validationWork, parts: shard.count },
    recipe: {
      ...settingsOf(request),
      weights: await weightsDigest(prepared.model),
      pairsDigest: pairsDigest(prepared.pairs.pairs),
    },
  };
  await mkdir(outputDir, { recursive: true });
  if ((await PartsFolder.existing(outputDir)) === undefined) requireFreeReport(outputDir);
  const parts = await PartsFolder.open(outputDir, plan);
  const { useFlippedImages } = request.lfw;
  return embedShard(parts, prepared.pairs.pairs, shard, async () => embedderOf(prepared), {
    ...{ useFlippedImages, signal: context.signal },
    onProgress: (done, total) =>
      context.report({ type: 'progress', activity: activities.evaluating, done, total, unit: 'images' }),
  });
}

/** @throws UserError where a report is there already */
export function requireFreeReport(outputDir: string): void {
  const path = join(outputDir, reportName);
  if (existsSync(path)) throw new UserError(`${path} exists already.`, 'Choose another --output_dir, or delete it.');
}

/**
 * Evaluates what all parts have embedded; the report is that of one process.
 * @returns undefined where another process has done it
 * @throws UserError where parts are missing, or pairs or model have changed since
 */
export async function mergeValidation(parts: PartsFolder): Promise<LfwReport | undefined> {
  parts.requireWhole();
  const { recipe } = parts.plan;
  const request = requestOf(recipe);
  let report: LfwReport | undefined;
  const done = await parts.merge(async (folder) => {
    const prepared = await prepareValidation(request, nothing);
    requireUnchanged(parts, pairsDigest(prepared.pairs.pairs) === recipe['pairsDigest'], request.lfw.pairs);
    requireUnchanged(parts, (await weightsDigest(prepared.model)) === recipe['weights'], request.model);
    const embedder = await embedderOfShards(parts, prepared.pairs.pairs);
    report = await evaluatePrepared(prepared, embedder, request);
    await writeFileAtomic(join(folder, reportName), `${JSON.stringify(report)}\n`);
  });
  return done ? report : undefined;
}

function requireUnchanged({ result }: PartsFolder, holds: boolean, what: string): void {
  if (!holds)
    throw new UserError(`${what} has changed since the shards began.`, `Delete ${result} and run them again.`);
}

/** A request as the plan of its parts names it. */
function settingsOf({ model, lfw, imageSize, standardization }: ValidateRequest): PartsPlan['recipe'] {
  const { dir, pairs, folds, distanceMetric, useFlippedImages, subtractMean } = lfw;
  return {
    ...{ model, dir, pairs, folds, distanceMetric, useFlippedImages, subtractMean },
    ...(imageSize !== undefined && { imageSize }),
    ...(standardization !== undefined && { standardization }),
  };
}

function requestOf({ model, imageSize, standardization, ...lfw }: PartsPlan['recipe']): ValidateRequest {
  return validateRequestSchema.parse({ kind: 'validate', model, imageSize, standardization, lfw });
}
