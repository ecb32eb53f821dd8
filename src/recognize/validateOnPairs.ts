import { readPairs } from '../dataset/pairs';
import { evaluatePairs } from '../evaluate/evaluatePairs';
import { buildReport } from '../evaluate/report';
import type { LfwReport } from '../protocol/lfwReport';
import type { Recipe } from '../protocol/recipe';
import type { LfwConfig } from '../protocol/trainConfig';
import type { Embedder, EmbedOptions } from './embedder';
import { embedPairs } from './pairEmbeddings';

/** Pairs of a pairs file whose images are there, read once and evaluated as often as needed. */
export type PairList = Awaited<ReturnType<typeof readPairs>>;

/** The pairs that `lfw` names. @throws UserError when the folder or file is missing or no pair is left. */
export async function readLfwPairs(lfw: Pick<LfwConfig, 'dir' | 'pairs'>): Promise<PairList> {
  return readPairs(lfw.pairs, lfw.dir);
}

/**
 * What about the pairs makes numbers incomparable: folds are blocks of lines, so a file made of 3 folds that is cut into
 * 10 has folds without pairs of one kind.
 */
export function foldMismatches({ folds }: Pick<PairList, 'folds'>, asked: number): string[] {
  if (folds === undefined || folds === asked) return [];
  return [
    `The pairs were made for ${folds} folds, but are evaluated with ${asked}: validation rate, AUC and EER are not ` +
      `comparable. Use ${folds} folds.`,
  ];
}

/** The LFW protocol (spec §7) for an embedder. */
export async function validateOnPairs(
  embedder: Embedder,
  subject: { model: LfwReport['model']; recipe: Recipe; notes?: readonly string[] },
  { pairs, skipped }: PairList,
  lfw: LfwConfig,
  options: Pick<EmbedOptions, 'signal' | 'onProgress'> = {},
): Promise<LfwReport> {
  const { useFlippedImages, folds, distanceMetric, subtractMean } = lfw;
  const embeddings = await embedPairs(embedder, pairs, { ...options, useFlippedImages });
  const evaluationOptions = { folds, distanceMetric, subtractMean };
  const evaluation = evaluatePairs(
    embeddings,
    pairs.map(({ same }) => same),
    evaluationOptions,
  );
  return buildReport(evaluation, {
    model: subject.model,
    imagesDir: lfw.dir,
    recipe: { ...subject.recipe, useFlippedImages },
    options: evaluationOptions,
    pairs,
    skipped,
    notes: subject.notes,
  });
}
