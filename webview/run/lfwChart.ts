import * as l10n from '@vscode/l10n';
import uPlot from 'uplot';
import type { LfwEvent } from '../../src/protocol/events';
import { card } from '../chart/card';
import { Legend, type LegendEntry, dashOf } from '../chart/legend';
import { type StepMarks, drawStepMarks, phaseNameHeight } from '../chart/phaseMarks';
import { Plot, type PlotSpec, axis, paint } from '../chart/plot';
import { element, setText } from '../element';
import { integer } from '../format';
import { percent, percentSpread, percentTick, signedPoints } from '../../src/words/rates';
import { type Theme, translucent } from '../theme';
import { nearestIndex } from '../../src/series/runSeries';
import { chartHeight } from './stepChart';
import type { Overlay } from './overlays';
import type { StepAxis } from '../chart/stepAxis';
import { stepCursor, stepTick } from './stepCursor';

const ownEntries: readonly LegendEntry[] = [
  { name: l10n.t('accuracy'), color: 'green', pattern: 'solid' },
  { name: l10n.t('before training'), color: 'foreground', pattern: 'dashed' },
];

/** LFW accuracy over the steps with ± one standard deviation of its folds, against the value before training. */
export class LfwChart {
  readonly title = l10n.t('LFW accuracy');
  readonly element: HTMLElement;
  readonly plot: Plot;
  readonly legend = new Legend(ownEntries);
  private readonly shownStep = element('span');
  private evaluations: readonly LfwEvent[] = [];
  private overlays: readonly Overlay[] = [];
  private marks: StepMarks = { phases: [], checkpoints: [], recoveries: [], alarms: [] };

  constructor(
    private readonly axis: StepAxis,
    private readonly onHover: (step: number | undefined) => void,
  ) {
    this.plot = new Plot({
      label: this.title,
      height: chartHeight,
      build: (theme) => this.build(theme),
      fitted: () => this.draw(),
    });
    const unit = element('span', {}, l10n.t('mean ± std of the folds'), this.shownStep);
    this.element = card(this.title, unit, this.legend.element, this.plot.element);
  }

  get hasValues(): boolean {
    return this.evaluations.length > 0;
  }

  set(evaluations: readonly LfwEvent[], overlays: readonly Overlay[], marks: StepMarks): void {
    this.evaluations = evaluations;
    this.marks = marks;
    const compared = overlays.filter(({ series }) => series.lfw.length > 0);
    const same =
      compared.length === this.overlays.length && compared.every((overlay, at) => overlay === this.overlays[at]);
    if (!same) {
      this.overlays = compared;
      const others = compared.map(({ title, color, pattern }) => ({ name: '', title, color, pattern }));
      this.legend.setEntries([...ownEntries, ...others]);
      this.plot.rebuild(this.data());
    }
    this.plot.describe(this.summary());
    this.showValues(undefined);
  }

  /** Draws the visible part of the step axis. */
  draw(): void {
    this.plot.setData(this.data());
  }

  showValues(step: number | undefined): string {
    const shown = nearestEvaluation(this.evaluations, step);
    const before = baselineOf(this.evaluations);
    setText(
      this.shownStep,
      step === undefined || shown === undefined ? '' : ` · ${l10n.t('at step {0}', integer(shown.step))}`,
    );
    const value = shown === undefined ? '–' : percentSpread(shown.accuracy, shown.accuracyStd);
    this.legend.set([
      value,
      before === undefined ? l10n.t('not measured') : percent(before.accuracy),
      ...this.overlays.map(({ series }) => percent(nearestEvaluation(series.lfw, step)!.accuracy)),
    ]);
    return step === undefined || shown === undefined
      ? ''
      : l10n.t('Step {0}: accuracy {1}', integer(shown.step), value);
  }

  private data(): uPlot.AlignedData {
    const { evaluations, overlays } = this;
    const own: uPlot.AlignedData = [
      evaluations.map(({ step }) => step),
      evaluations.map(({ accuracy, accuracyStd }) => Math.min(1, accuracy + accuracyStd)),
      evaluations.map(({ accuracy, accuracyStd }) => Math.max(0, accuracy - accuracyStd)),
      evaluations.map(({ accuracy }) => accuracy),
    ];
    if (overlays.length === 0) return own;
    const others = overlays.map(({ series: { lfw } }): uPlot.AlignedData => [
      lfw.map(({ step }) => step),
      lfw.map(({ accuracy }) => accuracy),
    ]);
    return uPlot.join([own, ...others], [[0, 0, 0, 0], ...others.map((): uPlot.JoinNullMode[] => [0, 0])]);
  }

  dispose(): void {
    this.plot.dispose();
  }

  private summary(): string {
    const last = this.evaluations.at(-1);
    if (last === undefined) return l10n.t('LFW accuracy: not evaluated yet');
    const before = baselineOf(this.evaluations);
    const [accuracy, step] = [percent(last.accuracy), integer(last.step)];
    if (before === undefined) return l10n.t('LFW accuracy {0} at step {1}', accuracy, step);
    const change = l10n.t('{0} points', signedPoints(last.accuracy - before.accuracy));
    return l10n.t('LFW accuracy {0} at step {1}, {2} against before training', accuracy, step, change);
  }

  private build(theme: Theme): PlotSpec {
    const none: uPlot.Series = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } };
    return {
      padding: [phaseNameHeight, 12, 0, 0],
      series: [
        {},
        none,
        none,
        {
          stroke: theme.green,
          width: 2,
          spanGaps: true,
          points: { show: true, size: 7, fill: theme.green, stroke: theme.green },
        },
        ...this.overlays.map(({ color, pattern }): uPlot.Series => {
          const points = { show: true, size: 6, fill: theme[color], stroke: theme[color] };
          return { stroke: theme[color], width: 1.5, dash: dashOf(pattern), spanGaps: true, points };
        }),
      ],
      bands: [{ series: [1, 2], fill: translucent(theme.green, 0.18) }],
      scales: {
        x: { time: false, range: () => [...this.axis.shown] },
        y: { range: (_, least, greatest) => rangeAround(least ?? 0, greatest ?? 1) },
      },
      axes: [
        axis(theme, 'x', {
          label: l10n.t('step'),
          size: 24,
          values: (_, splits) => splits.map(stepTick),
        }),
        axis(theme, 'y', { size: 54, values: (_, splits) => splits.map(percentTick) }),
      ],
      ...stepCursor(this.onHover),
      hooks: {
        ...stepCursor(this.onHover).hooks,
        drawAxes: [
          (u) => {
            drawStepMarks(u, theme, this.marks);
            this.drawBaseline(u, theme);
          },
        ],
        draw: [(u) => this.drawWhiskers(u, theme)],
      },
    };
  }

  /** A single evaluation has no band to be seen; its spread is then a whisker. */
  private drawWhiskers(u: uPlot, theme: Theme): void {
    paint(u, (context, ratio) => {
      context.strokeStyle = translucent(theme.green, 0.7);
      context.lineWidth = ratio;
      for (const { step, accuracy, accuracyStd } of this.evaluations) {
        const x = u.valToPos(step, 'x', true);
        const top = u.valToPos(Math.min(1, accuracy + accuracyStd), 'y', true);
        const bottom = u.valToPos(Math.max(0, accuracy - accuracyStd), 'y', true);
        const cap = 3 * ratio;
        context.beginPath();
        context.moveTo(x, top);
        context.lineTo(x, bottom);
        context.moveTo(x - cap, top);
        context.lineTo(x + cap, top);
        context.moveTo(x - cap, bottom);
        context.lineTo(x + cap, bottom);
        context.stroke();
      }
    });
  }

  private drawBaseline(u: uPlot, theme: Theme): void {
    const before = baselineOf(this.evaluations);
    if (before === undefined) return;
    paint(u, (context, ratio) => {
      const y = Math.round(u.valToPos(before.accuracy, 'y', true)) + 0.5;
      context.strokeStyle = translucent(theme.foreground, 0.7);
      context.lineWidth = ratio;
      context.setLineDash([6 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(u.bbox.left, y);
      context.lineTo(u.bbox.left + u.bbox.width, y);
      context.stroke();
    });
  }
}

function nearestEvaluation(evaluations: readonly LfwEvent[], step: number | undefined): LfwEvent | undefined {
  if (step === undefined) return evaluations.at(-1);
  return evaluations[
    nearestIndex(
      evaluations.map((evaluation) => evaluation.step),
      step,
    )
  ];
}

/** The evaluation of the pretrained model, before the first step. */
export function baselineOf(evaluations: readonly LfwEvent[]): LfwEvent | undefined {
  return evaluations[0]?.step === 0 ? evaluations[0] : undefined;
}

/** Range of an accuracy axis: a little air around the data, never beyond 0 and 1. */
export function rangeAround(least: number, greatest: number): [number, number] {
  const air = Math.max(0.01, (greatest - least) * 0.15);
  return [Math.max(0, least - air), Math.min(1, greatest + air)];
}
