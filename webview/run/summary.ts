import * as l10n from '@vscode/l10n';
import type { StepEvent } from '../../src/protocol/events';
import type { RunRecord } from '../../src/protocol/run';
import type { TripletColumn } from '../../src/protocol/runSeries';
import { element, fill } from '../element';
import { compact, integer, loss, memory, throughput, tidy } from '../format';
import { type Figure, figureBox } from './figure';
import { percent, points, signedPoints } from '../../src/words/rates';
import { baselineOf } from './lfwChart';
import type { RunSeries } from '../../src/series/runSeries';

/** The figures that one looks for first, each with what it is to be compared with. */
export class RunSummary {
  readonly element = element('section', { class: 'figures', 'aria-label': l10n.t('Summary') });

  update(run: RunRecord, series: RunSeries): void {
    const figures = figuresOf(run, series);
    this.element.hidden = figures.length === 0;
    fill(this.element, ...figures.map(figureBox));
  }
}

function figuresOf({ best, request }: RunRecord, { latestStep, validation, lfw, checkpoints }: RunSeries): Figure[] {
  const figures: Figure[] = [];
  if (latestStep !== undefined) {
    const { learningRate, imagesPerSecond, residentBytes } = latestStep;
    if (latestStep.measures?.tripletLoss === undefined) {
      const keepsNone = request.kind === 'train' && request.config.validationSplitRatio === 0;
      figures.push(...figuresOfClassifier(latestStep, validation.column('accuracy').at(-1), keepsNone));
    } else figures.push(...figuresOfTriplets(latestStep, latestStep.measures));
    figures.push({
      label: l10n.t('Throughput'),
      value: throughput(imagesPerSecond),
      small: l10n.t('images/s'),
      detail: [l10n.t('learning rate {0}', compact(learningRate)), residentBytes !== undefined && memory(residentBytes)]
        .filter((part) => part !== false)
        .join(' · '),
    });
  }
  const last = lfw.at(-1);
  if (last !== undefined) {
    const before = baselineOf(lfw);
    const change = before === undefined || before === last ? undefined : last.accuracy - before.accuracy;
    figures.splice(0, 0, {
      label: l10n.t('Accuracy on pairs'),
      value: percent(last.accuracy),
      small: `± ${points(last.accuracyStd)}`,
      detail: sinceBefore(change, last.step),
      ...(change !== undefined && change !== 0 && { tone: change > 0 ? ('better' as const) : ('worse' as const) }),
    });
  }
  const marked = checkpoints.findLast((mark) => mark.best);
  const bestStep = best?.step ?? marked?.step;
  if (bestStep !== undefined) {
    figures.push({
      label: l10n.t('Best checkpoint'),
      value: l10n.t('step {0}', integer(bestStep)),
      detail: best === undefined ? marked?.prefix : l10n.t('accuracy {0}', percent(best.accuracy)),
    });
  }
  return figures;
}

/** @param keepsNone whether no images are kept for validation */
function figuresOfClassifier(step: StepEvent, validated: number | undefined, keepsNone: boolean): Figure[] {
  const { crossEntropy, regularization, accuracy } = step;
  const unvalidated = keepsNone ? l10n.t('no validation images') : l10n.t('no validation yet');
  return [
    {
      label: l10n.t('Loss'),
      value: loss(step.loss),
      detail:
        regularization === 0
          ? l10n.t('all of it cross-entropy')
          : l10n.t('cross-entropy {0} + {1}', loss(crossEntropy), loss(regularization)),
    },
    {
      label: l10n.t('Training accuracy'),
      value: accuracy === null ? '–' : percent(accuracy),
      detail:
        validated === undefined || Number.isNaN(validated) ? unvalidated : l10n.t('validation {0}', percent(validated)),
    },
  ];
}

function figuresOfTriplets(step: StepEvent, measures: NonNullable<StepEvent['measures']>): Figure[] {
  const { regularization } = step;
  const of = (name: TripletColumn): number => measures[name] ?? NaN;
  return [
    {
      label: l10n.t('Loss'),
      value: loss(step.loss),
      detail:
        regularization === 0
          ? l10n.t('all of it triplet loss')
          : l10n.t('triplet loss {0} + {1}', loss(of('tripletLoss')), loss(regularization)),
    },
    {
      label: l10n.t('Active triplets'),
      value: percent(of('activeTriplets')),
      detail: l10n.t('positives at {0}, negatives at {1}', tidy(of('positiveDistance')), tidy(of('negativeDistance'))),
    },
  ];
}

function sinceBefore(change: number | undefined, step: number): string {
  if (change === undefined) return step === 0 ? l10n.t('before training') : l10n.t('at step {0}', integer(step));
  return `${arrow(change)}${l10n.t('{0} points', signedPoints(change))} · ${l10n.t('step 0 → {0}', integer(step))}`;
}

/** The direction of a change, for those who do not see its colour. */
export function arrow(change: number): string {
  if (change === 0) return '';
  return change > 0 ? '▲ ' : '▼ ';
}
