// What a self-check has found, in the same words in the terminal and in the Run tab.
import * as l10n from '@vscode/l10n';
import type { SelfCheck } from '../protocol/selfCheck';
import { percent } from './rates';

/** A Euclidean distance of embeddings, 0 … 2: `0.08`. */
export function distanceText(distance: number): string {
  return distance.toFixed(2);
}

/** Why a model cannot be used, with what to do; undefined for one that can. */
export function selfCheckProblem({ finding, figures, step }: SelfCheck): string | undefined {
  if (finding === 'sound') return undefined;
  const model = step === undefined ? l10n.t('the model') : l10n.t('step {0}', step);
  return finding === 'notFinite'
    ? l10n.t(
        'Not to be used: {0} gives embeddings that are no numbers. Use an earlier checkpoint, or train again with a lower learning rate.',
        model,
      )
    : l10n.t(
        'Collapsed: {0} maps everybody to nearly the same place ({1} apart on average, of 2), so its distances mean nothing. Use an earlier checkpoint; else begin with a pretrained model, lower the learning rate or, from scratch, train longer.',
        model,
        distanceText(figures?.people.mean ?? NaN),
      );
}

/** Where the threshold of a self-check is from. */
export function thresholdSource(source: 'pairs' | 'paper'): string {
  return source === 'pairs'
    ? l10n.t("the model's own, by its pairs")
    : l10n.t("that of FaceNet's paper, as no pairs were measured");
}

/** Everything a self-check says, a line each. */
export function selfCheckLines(check: SelfCheck): string[] {
  const { images, people, figures } = check;
  const problem = selfCheckProblem(check);
  const lines = [l10n.t('Self-check on {0} images of {1} people:', images, people)];
  if (problem !== undefined) lines.push(`  ${problem}`);
  if (figures === undefined) return lines;
  const { mirrored, recompressed, threshold, dimensions } = figures;
  const { mean, deviation, beyond, pairs } = figures.people;
  const itself = [mirrored.mean, mirrored.most, recompressed.mean, recompressed.most].map(distanceText);
  const others = [mean, deviation].map(distanceText);
  lines.push(
    `  ${l10n.t('Distance of an image to itself: mirrored {0} (at most {1}), as JPEG {2} (at most {3}).', ...itself)}`,
    `  ${l10n.t('Distance of different people: {0} ± {1}, in {2} directions.', ...others, dimensions.toFixed(1))}`,
    `  ${l10n.t('{0} of {1} pairs of different people are beyond the threshold {2} ({3}).', percent(beyond), pairs, distanceText(threshold.distance), thresholdSource(threshold.source))}`,
  );
  return lines;
}
