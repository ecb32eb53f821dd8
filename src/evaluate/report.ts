import type { LfwReport } from '../protocol/lfwReport';
import { calibrate } from './calibration';
import type { Evaluation, EvaluationOptions } from './evaluatePairs';
import { deviationsFromPublished } from './publishedRecipe';
import { uncertaintyOf } from './uncertainty';

/** What the numbers were measured on; the report carries it, because a number without its recipe cannot be compared. */
export interface ReportSubject {
  model: LfwReport['model'];
  imagesDir: string;
  /** The image treatment may be unknown. */
  recipe: Pick<LfwReport['recipe'], 'alignment' | 'chip' | 'imageSize' | 'standardization' | 'useFlippedImages'>;
  options: EvaluationOptions;
  /** In the order of the embeddings. */
  pairs: readonly { relativeA: string; relativeB: string; same: boolean }[];
  skipped: LfwReport['pairs']['skipped'];
  notes?: readonly string[];
}

/** The report of one evaluation, as it is stored, shown and printed. */
export function buildReport(evaluation: Evaluation, subject: ReportSubject): LfwReport {
  const { folds, distanceMetric, subtractMean } = subject.options;
  const used = evaluation.distances.length;
  const same = subject.pairs.slice(0, used).filter((pair) => pair.same).length;
  const broken = evaluation.distances.filter((distance) => !Number.isFinite(distance)).length;
  // JSON has no infinity: the histogram shows such a pair where it counts, at the far end.
  const farthest = distanceMetric === 0 ? 4 : 1;
  const brokenNote =
    `${broken} pairs have embeddings that are not finite numbers and count as different people: ` +
    'the model has diverged or is damaged.';
  const recipe = { ...subject.recipe, subtractMean, distanceMetric, folds };
  const report: LfwReport = {
    version: 1,
    createdAt: new Date().toISOString(),
    model: subject.model,
    imagesDir: subject.imagesDir,
    recipe,
    deviations: deviationsFromPublished(recipe, { used, skipped: [...subject.skipped] }),
    pairs: { used, same, different: used - same, skipped: [...subject.skipped] },
    accuracy: evaluation.accuracy,
    validation: evaluation.validation,
    auc: evaluation.auc,
    ...('rate' in evaluation.eer ? { eer: evaluation.eer.rate } : { eerNote: evaluation.eer.note }),
    roc: {
      thresholds: [...evaluation.roc.thresholds],
      tpr: [...evaluation.roc.tpr],
      fpr: [...evaluation.roc.fpr],
      accuracy: [...evaluation.roc.accuracy],
    },
    distances: [...evaluation.distances].map((distance, index) => ({
      a: subject.pairs[index]!.relativeA,
      b: subject.pairs[index]!.relativeB,
      same: subject.pairs[index]!.same,
      distance: Number.isFinite(distance) ? distance : farthest,
      fold: evaluation.foldOf[index]!,
    })),
    notes: [...(broken > 0 ? [brokenNote] : []), ...(subject.notes ?? [])],
  };
  const calibration = calibrate(report);
  const uncertainty = uncertaintyOf(report.distances, {
    accuracy: evaluation.accuracy.thresholds,
    validation: evaluation.validation.thresholds,
  });
  return { ...report, ...(calibration !== undefined && { calibration }), uncertainty };
}

/** The four closing lines of the reference's validate_on_lfw (spec §7.9). */
export function formatReport(report: Pick<LfwReport, 'accuracy' | 'validation' | 'auc' | 'eer' | 'eerNote'>): string[] {
  const { accuracy, validation, auc, eer } = report;
  const five = (value: number): string => value.toFixed(5);
  return [
    `Accuracy: ${five(accuracy.mean)}+-${five(accuracy.std)}`,
    `Validation rate: ${five(validation.rate)}+-${five(validation.std)} @ FAR=${five(validation.far)}`,
    `Area Under Curve (AUC): ${auc.toFixed(3)}`,
    eer === undefined ? `Equal Error Rate (EER): - (${report.eerNote})` : `Equal Error Rate (EER): ${eer.toFixed(3)}`,
  ];
}
