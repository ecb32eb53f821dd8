import type uPlot from 'uplot';
import type { LfwEvent } from '../../src/protocol/events';
import { card } from '../chart/card';
import { Legend } from '../chart/legend';
import { type StepMarks, drawStepMarks, phaseNameHeight } from '../chart/phaseMarks';
import { Plot, type PlotSpec, axis, paint } from '../chart/plot';
import { element, setText } from '../element';
import { integer, rate, signed, tidy } from '../format';
import { type Theme, translucent } from '../theme';
import { nearestIndex } from './series';

const height = 232;

/** LFW accuracy over the steps with ± one standard deviation of its folds, against the value before training. */
export class LfwChart {
  readonly element: HTMLElement;
  private readonly plot: Plot;
  private readonly legend = new Legend([
    { name: 'accuracy', color: 'green', pattern: 'solid' },
    { name: 'before training', color: 'foreground', pattern: 'dashed' },
  ]);
  private readonly shownStep = element('span');
  private evaluations: readonly LfwEvent[] = [];
  private marks: StepMarks = { phases: [], checkpoints: [] };
  private lastStep = 1;

  constructor(private readonly onHover: (step: number | undefined) => void) {
    this.plot = new Plot({ label: 'LFW accuracy', height, build: (theme) => this.build(theme) });
    const unit = element('span', {}, 'mean ± std of the folds', this.shownStep);
    this.element = card('LFW accuracy', unit, this.legend.element, this.plot.element);
  }

  /** @param lastStep end of the step axis, the same as in the other charts. */
  set(evaluations: readonly LfwEvent[], marks: StepMarks, lastStep: number): void {
    this.evaluations = evaluations;
    this.marks = marks;
    this.lastStep = lastStep;
    this.plot.setData([
      evaluations.map(({ step }) => step),
      evaluations.map(({ accuracy, accuracyStd }) => Math.min(1, accuracy + accuracyStd)),
      evaluations.map(({ accuracy, accuracyStd }) => Math.max(0, accuracy - accuracyStd)),
      evaluations.map(({ accuracy }) => accuracy),
    ]);
    this.plot.describe(this.summary());
    this.showValues(undefined);
  }

  showValues(step: number | undefined): void {
    const steps = this.evaluations.map((evaluation) => evaluation.step);
    const row = step === undefined ? steps.length - 1 : nearestIndex(steps, step);
    const shown = this.evaluations[row];
    const before = baselineOf(this.evaluations);
    setText(this.shownStep, step === undefined || shown === undefined ? '' : ` · at step ${integer(shown.step)}`);
    this.legend.set([
      shown === undefined ? '–' : `${rate(shown.accuracy, 4)} ± ${rate(shown.accuracyStd, 4)}`,
      before === undefined ? 'not measured' : rate(before.accuracy, 4),
    ]);
  }

  dispose(): void {
    this.plot.dispose();
  }

  private summary(): string {
    const last = this.evaluations.at(-1);
    if (last === undefined) return 'LFW accuracy: not evaluated yet';
    const before = baselineOf(this.evaluations);
    const change =
      before === undefined ? '' : `, ${signed(last.accuracy - before.accuracy, 4)} against before training`;
    return `LFW accuracy ${rate(last.accuracy)} at step ${integer(last.step)}${change}`;
  }

  private build(theme: Theme): PlotSpec {
    const none: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
    return {
      padding: [phaseNameHeight, 12, 0, 0],
      series: [
        {},
        none,
        none,
        {
          stroke: theme.green,
          width: 2,
          points: { show: true, size: 7, fill: theme.green, stroke: theme.green },
        },
      ],
      bands: [{ series: [1, 2], fill: translucent(theme.green, 0.18) }],
      scales: {
        x: { time: false, range: () => [0, Math.max(1, this.lastStep)] },
        y: { range: (_, least, greatest) => rangeAround(least ?? 0, greatest ?? 1) },
      },
      axes: [
        axis(theme, 'x', {
          label: 'step',
          size: 24,
          values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? integer(value) : '')),
        }),
        axis(theme, 'y', { size: 54, values: (_, splits) => splits.map((value) => tidy(value)) }),
      ],
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: 'steps', scales: ['x', null] },
        points: { show: false },
      },
      hooks: {
        drawAxes: [
          (u) => {
            drawStepMarks(u, theme, this.marks);
            this.drawBaseline(u, theme);
          },
        ],
        draw: [(u) => this.drawWhiskers(u, theme)],
        setCursor: [
          (u) => {
            const { left } = u.cursor;
            this.onHover(left === undefined || left < 0 ? undefined : u.posToVal(left, 'x'));
          },
        ],
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

/** The evaluation of the pretrained model, before the first step. */
export function baselineOf(evaluations: readonly LfwEvent[]): LfwEvent | undefined {
  return evaluations[0]?.step === 0 ? evaluations[0] : undefined;
}

/** Range of an accuracy axis: a little air around the data, never beyond 0 and 1. */
export function rangeAround(least: number, greatest: number): [number, number] {
  const air = Math.max(0.01, (greatest - least) * 0.15);
  return [Math.max(0, least - air), Math.min(1, greatest + air)];
}
