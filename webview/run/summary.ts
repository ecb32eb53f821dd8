import * as l10n from '@vscode/l10n';
import type { RunRecord } from '../../src/protocol/run';
import { element, fill } from '../element';
import { compact, integer, loss, memory, rate, signed, throughput } from '../format';
import { baselineOf } from './lfwChart';
import type { RunSeries } from '../../src/series/runSeries';

interface Figure {
  label: string;
  value: string;
  /** Unit or standard deviation, written smaller behind the value. */
  small?: string;
  detail?: string;
  tone?: 'better' | 'worse';
}

/** The figures that one looks for first, each with what it is to be compared with. */
export class RunSummary {
  readonly element = element('section', { class: 'figures', 'aria-label': l10n.t('Summary') });

  update(run: RunRecord, series: RunSeries): void {
    const figures = figuresOf(run, series);
    this.element.hidden = figures.length === 0;
    fill(
      this.element,
      ...figures.map(({ label, value, small, detail, tone }) =>
        element(
          'div',
          { class: 'figure' },
          element('span', { class: 'figure-label' }, label),
          element('span', { class: 'figure-value' }, value, small !== undefined && element('small', {}, ` ${small}`)),
          element('span', { class: `figure-detail ${tone ?? ''}` }, detail ?? '\u00a0'),
        ),
      ),
    );
  }
}

function figuresOf({ best, request }: RunRecord, { latestStep, validation, lfw, checkpoints }: RunSeries): Figure[] {
  const figures: Figure[] = [];
  if (latestStep !== undefined) {
    const { crossEntropy, regularization, accuracy, learningRate, imagesPerSecond, residentBytes } = latestStep;
    figures.push({
      label: l10n.t('Loss'),
      value: loss(latestStep.loss),
      detail:
        regularization === 0
          ? l10n.t('all of it cross-entropy')
          : l10n.t('cross-entropy {0} + {1}', loss(crossEntropy), loss(regularization)),
    });
    const keepsNone = request.kind === 'train' && request.config.validationSplitRatio === 0;
    const unvalidated = keepsNone ? l10n.t('no validation images') : l10n.t('no validation yet');
    const validated = validation.column('accuracy').at(-1);
    figures.push({
      label: l10n.t('Training accuracy'),
      value: accuracy === null ? '–' : rate(accuracy, 3),
      detail:
        validated === undefined || Number.isNaN(validated) ? unvalidated : l10n.t('validation {0}', rate(validated, 3)),
    });
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
      label: l10n.t('LFW accuracy'),
      value: rate(last.accuracy, 4),
      small: `± ${rate(last.accuracyStd, 4)}`,
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
      detail: best === undefined ? marked?.prefix : l10n.t('accuracy {0}', rate(best.accuracy, 4)),
    });
  }
  return figures;
}

function sinceBefore(change: number | undefined, step: number): string {
  if (change === undefined) return step === 0 ? l10n.t('before training') : l10n.t('at step {0}', integer(step));
  return `${arrow(change)}${signed(change, 4)} · ${l10n.t('step 0 → {0}', integer(step))}`;
}

/** The direction of a change, for those who do not see its colour. */
export function arrow(change: number): string {
  if (change === 0) return '';
  return change > 0 ? '▲ ' : '▼ ';
}
