import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Model, openModel } from '../checkpoint/model';
import { writeReport } from '../evaluate/writeReport';
import { alignmentMismatches, recipeDifferences } from '../input/alignmentCheck';
import { eventWriter } from '../journal/eventWriter';
import { Journal } from '../journal/journal';
import { textWriter } from '../journal/textWriter';
import { activities } from '../protocol/activities';
import type { ValidateRequest } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';
import type { LfwReport } from '../protocol/lfwReport';
import type { Recipe } from '../protocol/recipe';
import type { Embedder } from '../recognize/embedder';
import { openEmbedder } from '../recognize/openEmbedder';
import { inputOfSet, noteOfSet, pairsOfSet, verificationSetAt } from '../recognize/pairsOfSet';
import { foldMismatches, type PairList, readLfwPairs, validateOnPairs } from '../recognize/validateOnPairs';
import type { VerificationSet } from '../recognize/verificationSet';

/** The lines that validate_on_lfw prints. */
const reportLines = 4;

function journalOf(context: JobContext): Journal {
  const print = (line: string): void => context.report({ type: 'log', level: 'info', message: line, script: true });
  return new Journal([eventWriter((event) => context.report(event)), textWriter(print, { reportLines })]);
}

/** What an evaluation is of, found and told before anything is computed. */
export interface PreparedValidation {
  model: Model;
  recipe: Recipe;
  pairs: PairList;
  /** Where the pairs and images are those of a verification set. */
  set: VerificationSet | undefined;
  notes: readonly string[];
}

/** Reads pairs and model, and tells all that the numbers depend on (spec §7). @throws UserError for a wrong folder, pairs file or model */
export async function prepareValidation(
  request: ValidateRequest,
  say: (message: string, level?: 'info' | 'warning') => void,
): Promise<PreparedValidation> {
  const { lfw } = request;
  // The pairs first: a wrong folder is told before anything is computed.
  const set = await verificationSetAt(lfw.dir);
  const pairs = set === undefined ? await readLfwPairs(lfw) : pairsOfSet(set);
  const model = await openModel(request.model);
  const recipe: Recipe = {
    ...model.recipe,
    imageSize: request.imageSize ?? model.recipe.imageSize,
    standardization: request.standardization ?? model.recipe.standardization,
  };
  const notes = [
    ...model.notes,
    ...recipeDifferences(model.recipe, recipe),
    ...(set === undefined ? await alignmentMismatches(lfw.dir, recipe) : [noteOfSet(lfw.dir)]),
    ...foldMismatches(pairs, lfw.folds),
  ];
  for (const note of notes) say(note, 'warning');
  const { imageSize, standardization, alignment } = recipe;
  say(
    `Images: ${imageSize}×${imageSize}, aligned by ${alignment}, standardised "${standardization}" (from ${model.recipeSource}).`,
  );
  for (const { line, reason } of pairs.skipped.slice(0, 3)) say(`Skipped pair "${line.trim()}": ${reason}`, 'warning');
  if (pairs.skipped.length > 0) say(`Skipped ${pairs.skipped.length} image pairs`, 'warning');
  return { model, recipe, pairs, set, notes };
}

/** Opens what embeds the images of an evaluation. */
export async function embedderOf({ model, recipe, set }: PreparedValidation): Promise<Embedder> {
  return openEmbedder(model, recipe, set && { input: inputOfSet(set, recipe) });
}

/** Evaluates a model on pairs of images, of a folder or of a verification set (spec §7). */
export async function validateModel(
  request: ValidateRequest,
  context: JobContext,
  journal = journalOf(context),
): Promise<LfwReport> {
  const prepared = await prepareValidation(request, (message, level) => journal.say(message, level));
  const embedder = await embedderOf(prepared);
  await context.update({ engines: { forward: 'ONNX Runtime on the CPU' } });
  try {
    journal.tell('begin', { what: 'evaluation' });
    return await evaluatePrepared(prepared, embedder, request, {
      signal: context.signal,
      onProgress: (done, total) =>
        context.report({ type: 'progress', activity: activities.evaluating, done, total, unit: 'images' }),
    });
  } finally {
    await embedder.dispose();
  }
}

/** The report of an evaluation with what `embedder` gives for its images. */
export async function evaluatePrepared(
  { model, recipe, pairs, notes }: PreparedValidation,
  embedder: Embedder,
  { lfw }: ValidateRequest,
  options: Parameters<typeof validateOnPairs>[4] = {},
): Promise<LfwReport> {
  const { path, name, step } = model;
  const subject = { model: { path, name, ...(step === undefined ? {} : { step }) }, recipe, notes };
  return validateOnPairs(embedder, subject, pairs, lfw, options);
}

/** The job: evaluates and keeps the report in the run folder as evaluations/lfw.json. */
export async function runValidation(request: ValidateRequest, context: JobContext): Promise<void> {
  const started = performance.now();
  const journal = journalOf(context);
  const report = await validateModel(request, context, journal);
  const file = 'evaluations/lfw.json';
  await mkdir(join(context.runFolder, 'evaluations'), { recursive: true });
  await writeReport(join(context.runFolder, file), report);
  const seconds = (performance.now() - started) / 1000;
  journal.tell('evaluation', { step: report.model.step ?? 0, report, file, seconds });
  const { accuracy } = report;
  await context.update({
    result: {
      report: file,
      accuracy: accuracy.mean,
      accuracyStd: accuracy.std,
      validationRate: report.validation.rate,
    },
  });
}
