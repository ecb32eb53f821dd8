import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openModel, type Model } from '../checkpoint/model';
import { formatReport } from '../evaluate/report';
import { networkByName } from '../network/registry';
import { describe } from '../network/describe';
import { activities } from '../protocol/activities';
import { UserError } from '../protocol/errors';
import type { ValidateRequest } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';
import type { LfwReport } from '../protocol/lfwReport';
import { networkNames, type Recipe } from '../protocol/recipe';
import { alignmentMismatches, recipeDifferences } from '../input/alignmentCheck';
import { createEmbedder, type Embedder } from '../recognize/embedder';
import { foldMismatches, readLfwPairs, validateOnPairs } from '../recognize/validateOnPairs';
import { writeFileAtomic } from '../files/atomicFile';

/**
 * A model of a known network ready for embedding with a recipe that may differ from its own.
 * @throws UserError when its network is unknown or a weight is missing
 */
export async function openEmbedder(model: Model, recipe: Recipe): Promise<Embedder> {
  if (model.network === undefined) {
    throw new UserError(
      `${model.path} holds no network that is known here.`,
      `Choose a model of ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(networkNames)}.`,
    );
  }
  const network = networkByName(model.network, { embeddingSize: model.embeddingSize });
  const weights = await model.readAll(describe(network).variables.map(({ name }) => name));
  return createEmbedder({ network, weights, recipe });
}

/** Evaluates a model on pairs of images and tells all that its numbers depend on (spec §7). */
export async function validateModel(request: ValidateRequest, context: JobContext): Promise<LfwReport> {
  const { lfw } = request;
  // The pairs first: a wrong folder is told before anything is computed.
  const pairs = await readLfwPairs(lfw);
  const model = await openModel(request.model);
  const recipe: Recipe = {
    alignment: model.recipe.alignment,
    imageSize: request.imageSize ?? model.recipe.imageSize,
    standardization: request.standardization ?? model.recipe.standardization,
  };
  const notes = [
    ...recipeDifferences(model.recipe, recipe),
    ...(await alignmentMismatches(lfw.dir, recipe)),
    ...foldMismatches(pairs, lfw.folds),
  ];
  const say = (message: string, level: 'info' | 'warning' = 'info'): void =>
    context.report({ type: 'log', level, message });
  for (const note of notes) say(note, 'warning');
  const { imageSize, standardization, alignment } = recipe;
  say(
    `Images: ${imageSize}×${imageSize}, aligned by ${alignment}, standardised "${standardization}" (from ${model.recipeSource}).`,
  );
  for (const { line, reason } of pairs.skipped.slice(0, 3)) say(`Skipped pair "${line.trim()}": ${reason}`, 'warning');
  if (pairs.skipped.length > 0) say(`Skipped ${pairs.skipped.length} image pairs`, 'warning');

  const embedder = await openEmbedder(model, recipe);
  await context.update({ engines: { forward: 'ONNX Runtime on the CPU' } });
  try {
    say('Runnning forward pass on LFW images');
    const { path, name, step } = model;
    const subject = { model: { path, name, ...(step === undefined ? {} : { step }) }, recipe, notes };
    return await validateOnPairs(embedder, subject, pairs, lfw, {
      signal: context.signal,
      onProgress: (done, total) =>
        context.report({ type: 'progress', activity: activities.evaluating, done, total, unit: 'images' }),
    });
  } finally {
    await embedder.dispose();
  }
}

/** The job: evaluates and keeps the report in the run folder as evaluations/lfw.json. */
export async function runValidation(request: ValidateRequest, context: JobContext): Promise<void> {
  const report = await validateModel(request, context);
  const file = 'evaluations/lfw.json';
  await mkdir(join(context.runFolder, 'evaluations'), { recursive: true });
  await writeFileAtomic(join(context.runFolder, file), `${JSON.stringify(report)}\n`);
  const { accuracy, validation, auc, eer } = report;
  context.report({
    type: 'lfw',
    step: report.model.step ?? 0,
    accuracy: accuracy.mean,
    accuracyStd: accuracy.std,
    validationRate: validation.rate,
    far: validation.far,
    auc,
    ...(eer === undefined ? {} : { eer }),
    report: file,
  });
  for (const message of formatReport(report)) context.report({ type: 'log', level: 'info', message });
  await context.update({ result: { report: file, accuracy: accuracy.mean, accuracyStd: accuracy.std } });
}
