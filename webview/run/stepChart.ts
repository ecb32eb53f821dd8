import uPlot from 'uplot';
import { card } from '../chart/card';
import { decimate } from '../chart/decimation';
import { Legend, type LinePattern, dashOf } from '../chart/legend';
import { type StepMarks, drawStepMarks, phaseNameHeight } from '../chart/phaseMarks';
import { Plot, type PlotSpec, axis, logLabels } from '../chart/plot';
import { smooth } from '../chart/smoothing';
import { element, setText } from '../element';
import { integer, logTick, tidy } from '../format';
import { type ChartColor, type Theme, translucent } from '../theme';
import { type Measure, nearestIndex } from './series';

/** A line over the steps. */
export interface StepLine {
  name: string;
  color: ChartColor;
  pattern: LinePattern;
  /** Smoothed on request, the raw values then faint behind. */
  smoothed: boolean;
  /** Marks every value; for values that are far apart. */
  points: boolean;
}

export interface StepChartOptions {
  title: string;
  unit: string;
  lines: readonly StepLine[];
  logarithmic: boolean;
  /** Vertical range for these extremes of the data on a linear axis; without it uPlot's own. */
  range?: (least: number, greatest: number) => [number, number];
  format: (value: number) => string;
  /** Called with the step under the cursor, undefined when it has left. */
  onHover(step: number | undefined): void;
}

/** Values of one line: steps ascending. */
export interface StepValues {
  step: readonly number[];
  values: readonly Measure[];
}

const height = 232;
/** All charts of the page show the same step under the cursor. */
const cursorGroup = 'steps';

/** A chart over the step axis: raw and smoothed lines, phases and checkpoints, the values at the cursor in its legend. */
export class StepChart {
  readonly element: HTMLElement;
  private readonly plot: Plot;
  private readonly legend: Legend;
  private readonly shownStep = element('span');
  private logarithmic: boolean;
  private lines: readonly StepValues[] = [];
  private marks: StepMarks = { phases: [], checkpoints: [] };

  constructor(private readonly options: StepChartOptions) {
    this.logarithmic = options.logarithmic;
    this.legend = new Legend(options.lines);
    this.plot = new Plot({ label: options.title, height, build: (theme) => this.build(theme) });
    const unit = element('span', {}, options.unit, this.shownStep);
    this.element = card(options.title, unit, this.legend.element, this.plot.element);
  }

  set(lines: readonly StepValues[], marks: StepMarks, smoothing: number): void {
    this.lines = lines;
    this.marks = marks;
    const buckets = Math.max(200, Math.round(this.plot.element.clientWidth * devicePixelRatio));
    const tables = lines.map(({ step, values }, index) => {
      const averaged = smooth(values, this.options.lines[index]!.smoothed ? smoothing : 0);
      const rows = decimate(step, [values, averaged], buckets);
      const drawable = (value: Measure): Measure => (this.logarithmic && value !== null && value <= 0 ? null : value);
      return [
        rows.map((row) => step[row]!),
        rows.map((row) => (smoothing > 0 ? drawable(values[row]!) : null)),
        rows.map((row) => drawable(averaged[row]!)),
      ] as uPlot.AlignedData;
    });
    this.plot.setData(
      uPlot.join(
        tables,
        tables.map(() => [0, 0, 0]),
      ),
    );
    this.plot.describe(this.summary());
    this.showValues(undefined);
  }

  setLogarithmic(logarithmic: boolean): void {
    if (this.logarithmic === logarithmic) return;
    this.logarithmic = logarithmic;
    this.plot.rebuild();
  }

  /** Shows in the legend the values nearest to this step; the last ones without it. */
  showValues(step: number | undefined): void {
    this.legend.set(this.lines.map((line) => this.valueNear(line, step)));
    const steps = this.lines[0]?.step ?? [];
    const row = step === undefined ? -1 : nearestIndex(steps, step);
    setText(this.shownStep, row < 0 ? '' : ` · at step ${integer(steps[row]!)}`);
  }

  dispose(): void {
    this.plot.dispose();
  }

  private valueNear({ step: steps, values }: StepValues, step: number | undefined): string {
    const row = step === undefined ? steps.length - 1 : nearestIndex(steps, step);
    if (row < 0) return '–';
    const value = values[row];
    return value === null || value === undefined ? 'not finite' : this.options.format(value);
  }

  private summary(): string {
    const parts = this.lines.flatMap((line, index) => {
      const { name } = this.options.lines[index]!;
      if (line.step.length === 0) return [];
      const first = line.values.find((value) => value !== null);
      const last = line.values.findLast((value) => value !== null);
      if (first === undefined || first === null || last === undefined || last === null) return [`${name} not finite`];
      return [`${name} from ${this.options.format(first)} to ${this.options.format(last)}`];
    });
    const steps = Math.max(0, ...this.lines.map((line) => line.step.at(-1) ?? 0));
    return parts.length === 0
      ? `${this.options.title}: no values yet`
      : `${this.options.title} over ${integer(steps)} steps: ${parts.join(', ')}`;
  }

  private build(theme: Theme): PlotSpec {
    const { range } = this.options;
    const series: uPlot.Series[] = [{}];
    for (const line of this.options.lines) {
      const color = theme[line.color];
      series.push(
        { stroke: translucent(color, 0.3), width: 1, spanGaps: true, points: { show: false } },
        {
          stroke: color,
          width: line.points ? 2 : 1.5,
          dash: dashOf(line.pattern),
          spanGaps: true,
          points: { show: line.points, size: 5, fill: color, stroke: color },
        },
      );
    }
    return {
      padding: [phaseNameHeight, 12, 0, 0],
      series,
      scales: {
        x: { time: false, range: (_, least, greatest) => [Math.min(0, least ?? 0), Math.max(1, greatest ?? 1)] },
        y: this.logarithmic
          ? { distr: 3, range: (_, least, greatest) => logRange(least, greatest) }
          : { range: range && ((_, least, greatest) => range(least ?? 0, greatest ?? 1)) },
      },
      axes: [
        axis(theme, 'x', { label: 'step', size: 24, values: (_, splits) => splits.map(wholeStep) }),
        axis(theme, 'y', {
          size: 54,
          logarithmic: this.logarithmic,
          values: (_, splits) => (this.logarithmic ? logLabels(splits, logTick) : splits.map(tidy)),
        }),
      ],
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: cursorGroup, scales: ['x', null] },
        points: { show: (u, index) => pointOf(u, index) },
      },
      hooks: {
        drawAxes: [(u) => drawStepMarks(u, theme, this.marks)],
        setCursor: [
          (u) => {
            const { left } = u.cursor;
            this.options.onHover(left === undefined || left < 0 ? undefined : u.posToVal(left, 'x'));
          },
        ],
      },
    };
  }
}

/** Points that follow the cursor: on the drawn lines, not on the faint raw ones (every second series). */
function pointOf(u: uPlot, index: number): HTMLElement {
  const point = document.createElement('div');
  const { stroke } = u.series[index]!;
  const color = typeof stroke === 'function' ? (stroke as (u: uPlot, index: number) => unknown)(u, index) : stroke;
  if (index % 2 === 0 && typeof color === 'string') point.style.background = color;
  return point;
}

/** Whole decades around the data; two of them at least, so that a constant rate is not a full-height axis of one value. */
function logRange(least: number | null, greatest: number | null): [number, number] {
  if (least === null || greatest === null || least <= 0) return [0.1, 10];
  const low = Math.floor(Math.log10(least) + 1e-9);
  const high = Math.ceil(Math.log10(greatest) - 1e-9);
  return high > low ? [10 ** low, 10 ** high] : [10 ** (low - 1), 10 ** (high + 1)];
}

function wholeStep(value: number): string {
  return Number.isInteger(value) ? integer(value) : '';
}
