import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openModel } from '../checkpoint/model';
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
import { openEmbedder } from '../recognize/openEmbedder';
import { inputOfSet, noteOfSet, pairsOfSet, verificationSetAt } from '../recognize/pairsOfSet';
import { foldMismatches, readLfwPairs, validateOnPairs } from '../recognize/validateOnPairs';

/** The lines that validate_on_lfw prints. */
const reportLines = 4;

function journalOf(context: JobContext): Journal {
  const print = (line: string): void => context.report({ type: 'log', level: 'info', message: line, script: true });
  return new Journal([eventWriter((event) => context.report(event)), textWriter(print, { reportLines })]);
}

/** Evaluates a model on pairs of images, of a folder or of a verification set, and tells all that its numbers depend on (spec §7). */
export async function validateModel(
  request: ValidateRequest,
  context: JobContext,
  journal = journalOf(context),
): Promise<LfwReport> {
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
  for (const note of notes) journal.say(note, 'warning');
  const { imageSize, standardization, alignment } = recipe;
  journal.say(
    `Images: ${imageSize}×${imageSize}, aligned by ${alignment}, standardised "${standardization}" (from ${model.recipeSource}).`,
  );
  for (const { line, reason } of pairs.skipped.slice(0, 3))
    journal.say(`Skipped pair "${line.trim()}": ${reason}`, 'warning');
  if (pairs.skipped.length > 0) journal.say(`Skipped ${pairs.skipped.length} image pairs`, 'warning');

  const embedder = await openEmbedder(model, recipe, set && { input: inputOfSet(set, recipe) });
  await context.update({ engines: { forward: 'ONNX Runtime on the CPU' } });
  try {
    journal.tell('begin', { what: 'evaluation' });
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
