import * as l10n from '@vscode/l10n';
import uPlot from 'uplot';
import type { StepColumn, ValidationColumn } from '../../src/protocol/runSeries';
import { type RunSeries, isMeasured, nearestIndex } from '../../src/series/runSeries';
import { card } from '../chart/card';
import { Legend, type LinePattern, dashOf } from '../chart/legend';
import { drawPixelColumns } from '../chart/pixelColumns';
import { type StepMarks, drawStepMarks, phaseNameHeight } from '../chart/phaseMarks';
import { Plot, type PlotSpec, axis, logLabels } from '../chart/plot';
import { type DrawnTable, isDense, resample } from '../chart/resample';
import { Trace } from '../chart/trace';
import { element, setText } from '../element';
import { integer, logTick, tidy } from '../format';
import { type ChartColor, type Theme, translucent } from '../theme';
import type { Overlay } from './overlays';
import type { StepAxis } from '../chart/stepAxis';
import { stepCursor, stepTick } from './stepCursor';

/** A line over the steps. */
export interface StepLine {
  name: string;
  color: ChartColor;
  pattern: LinePattern;
  /** Where its values are: measured at steps, or at validations, which are marked one by one. */
  source: { table: 'steps'; column: StepColumn } | { table: 'validation'; column: ValidationColumn };
  /** Smoothed on request, the raw values then faint behind. */
  smoothed: boolean;
  /** Drawn for compared runs too. */
  compared: boolean;
  /** Not every loss measures it: left out of runs that do not. */
  optional?: boolean;
}

export interface StepChartOptions {
  title: string;
  unit: string;
  lines: readonly StepLine[];
  logarithmic: boolean;
  /** Vertical range for these extremes of the drawn data on a linear axis. */
  range: (least: number, greatest: number, zoomed: boolean) => [number, number];
  format: (value: number) => string;
  /** Values of a linear vertical axis. */
  tick?: (value: number) => string;
  axis: StepAxis;
  /** Called with the step under the cursor, undefined when it has left. */
  onHover: (step: number | undefined) => void;
}

interface DrawnLine {
  line: StepLine;
  trace: Trace;
  overlay: Overlay | undefined;
}

/** Lines over the same steps: they are sampled together. */
interface Group {
  series: RunSeries;
  table: 'steps' | 'validation';
  lines: DrawnLine[];
}

export const chartHeight = 232;

/** A chart over the step axis: raw and smoothed lines, phases and checkpoints, the values at the cursor in its legend. */
export class StepChart {
  readonly element: HTMLElement;
  readonly plot: Plot;
  readonly legend: Legend;
  private readonly shownStep = element('span');
  private logarithmic: boolean;
  private series: RunSeries | undefined;
  /** Those that the run has. */
  private lines: readonly StepLine[];
  private overlays: readonly Overlay[] = [];
  private groups: Group[] = [];
  private smoothing = 0;
  /** True while the drawn steps are more than the pixels can tell apart. */
  private dense = false;
  private marks: StepMarks = { phases: [], checkpoints: [], recoveries: [], alarms: [] };

  constructor(readonly options: StepChartOptions) {
    this.logarithmic = options.logarithmic;
    this.lines = options.lines;
    this.legend = new Legend(options.lines);
    this.plot = new Plot({
      label: options.title,
      height: chartHeight,
      build: (theme) => this.build(theme),
      fitted: () => this.draw(),
    });
    const unit = element('span', {}, options.unit, this.shownStep);
    this.element = card(options.title, unit, this.legend.element, this.plot.element);
  }

  get title(): string {
    return this.options.title;
  }

  /** True where at least one line has a value. */
  get hasValues(): boolean {
    return this.ownLines().some(({ trace }) => trace.raw.extremes.find(0, trace.raw.values.length)[0] >= 0);
  }

  /** Takes over what the run and the compared ones have measured; `draw` shows it. */
  set(series: RunSeries, overlays: readonly Overlay[], smoothing: number): void {
    const lines = this.options.lines.filter((line) => isShown(line, series));
    const same =
      series === this.series &&
      lines.length === this.lines.length &&
      lines.every((line, index) => line === this.lines[index]) &&
      overlays.length === this.overlays.length &&
      overlays.every((overlay, index) => overlay === this.overlays[index]);
    this.lines = lines;
    this.marks = series;
    this.smoothing = smoothing;
    if (!same) this.regroup(series, overlays);
    for (const { series: source, table, lines } of this.groups) {
      for (const { line, trace } of lines) {
        const weight = line.smoothed ? smoothing : 0;
        const values =
          line.source.table === 'steps'
            ? source.steps.column(line.source.column)
            : source.validation.column(line.source.column);
        trace.update(values, source[table].cuts, weight);
      }
    }
    if (!same) this.plot.rebuild(this.sampled());
    this.plot.describe(this.summary());
    this.showValues(undefined);
  }

  /** Draws the visible part of the step axis. */
  draw(): void {
    this.plot.setData(this.sampled());
  }

  setLogarithmic(logarithmic: boolean): void {
    if (this.logarithmic === logarithmic) return;
    this.logarithmic = logarithmic;
    this.plot.rebuild(this.sampled());
  }

  /** Shows in the legend the values nearest to this step; the last ones without it. Returns them as one sentence. */
  showValues(step: number | undefined): string {
    const values = this.ownLines().map((line) => this.valueNear(line, step));
    const others = this.comparedLines().map((line) => this.valueNear(line, step));
    this.legend.set([...values, ...others]);
    const steps = this.series?.steps.column('step') ?? [];
    const row = step === undefined ? -1 : nearestIndex(steps, step);
    setText(this.shownStep, row < 0 ? '' : ` · ${l10n.t('at step {0}', integer(steps[row]!))}`);
    const names = this.lines.map(({ name }, index) => `${name} ${values[index]}`);
    return row < 0 ? '' : l10n.t('Step {0}: {1}', integer(steps[row]!), names.join(', '));
  }

  dispose(): void {
    this.plot.dispose();
  }

  private regroup(series: RunSeries, overlays: readonly Overlay[]): void {
    const known = this.series === series ? this.groups : [];
    this.series = series;
    this.overlays = overlays;
    this.groups = [undefined, ...overlays].flatMap((overlay) =>
      (['steps', 'validation'] as const).flatMap((table) => {
        const source = overlay?.series ?? series;
        const lines = this.lines
          .filter((line) => line.source.table === table && (overlay === undefined || line.compared))
          .map((line) => ({ line, overlay, trace: new Trace() }));
        const before = known.find(
          (group) =>
            group.series === source &&
            group.table === table &&
            group.lines.length === lines.length &&
            group.lines.every(({ line }, index) => line === lines[index]!.line),
        );
        return lines.length === 0 ? [] : [before ?? { series: source, table, lines }];
      }),
    );
    this.legend.setEntries([
      ...this.lines,
      ...this.comparedLines().map(({ line, overlay }) => ({
        name: '',
        title: `${overlay!.title}, ${line.name}`,
        color: overlay!.color,
        pattern: overlay!.pattern,
      })),
    ]);
  }

  private ownLines(): DrawnLine[] {
    const own = this.groups.flatMap(({ lines }) => lines.filter(({ overlay }) => overlay === undefined));
    return this.lines.flatMap((line) => own.find((drawn) => drawn.line === line) ?? []);
  }

  private comparedLines(): DrawnLine[] {
    return this.groups.flatMap(({ lines }) => lines.filter(({ overlay }) => overlay !== undefined));
  }

  /** The visible part as uPlot takes it; of each line of this run the raw values and the smoothed ones. */
  private sampled(): uPlot.AlignedData {
    const { clientWidth } = this.plot.element;
    if (this.groups.length === 0 || clientWidth === 0) return this.blank();
    const buckets = Math.max(200, Math.round(clientWidth * devicePixelRatio));
    const [from, to] = this.options.axis.shown;
    this.dense = isDense(this.series!.steps.column('step'), from, to, buckets);
    const tables = this.groups.map(({ series, table, lines }): DrawnTable => {
      const shown = lines.flatMap(({ trace, overlay }) =>
        overlay === undefined && this.smoothing > 0 && trace.raw !== trace.smoothed
          ? [trace.raw, trace.smoothed]
          : [trace.smoothed],
      );
      const [x, ...columns] = resample(series[table].column('step'), shown, from, to, buckets);
      if (this.logarithmic) for (const column of columns) keepPositive(column);
      const padded = lines.flatMap(({ trace, overlay }) => {
        if (overlay !== undefined) return [columns.shift()!];
        const raw = this.smoothing > 0 && trace.raw !== trace.smoothed;
        return raw ? [columns.shift()!, columns.shift()!] : [nothing(x.length), columns.shift()!];
      });
      return [x, ...padded];
    });
    const filled = tables.filter(([x]) => x.length > 0);
    // Joining is the dearest part of a drawing; one table needs none.
    if (filled.length <= 1) {
      const x = filled[0]?.[0] ?? [];
      return [
        x,
        ...tables.flatMap(([own, ...columns]) => (own === x ? columns : columns.map(() => nothing(x.length)))),
      ];
    }
    return uPlot.join(
      tables,
      tables.map(([, ...columns]) => [0, ...columns.map(() => 0)] as uPlot.JoinNullMode[]),
    );
  }

  private blank(): uPlot.AlignedData {
    return [[], ...this.seriesLooks().map(() => [])];
  }

  /** The drawn series in order; raw ones are faint and have no point at the cursor. */
  private seriesLooks(): (DrawnLine & { raw: boolean })[] {
    return this.groups.flatMap(({ lines }) =>
      lines.flatMap((drawn) =>
        drawn.overlay === undefined
          ? [
              { ...drawn, raw: true },
              { ...drawn, raw: false },
            ]
          : [{ ...drawn, raw: false }],
      ),
    );
  }

  private valueNear({ line, overlay }: DrawnLine, step: number | undefined): string {
    const series = overlay?.series ?? this.series!;
    const { source } = line;
    const steps = series[source.table].column('step');
    const values =
      source.table === 'steps' ? series.steps.column(source.column) : series.validation.column(source.column);
    const row = step === undefined ? steps.length - 1 : nearestIndex(steps, step);
    if (row < 0) return '–';
    return Number.isNaN(values[row]) ? l10n.t('not finite') : this.options.format(values[row]!);
  }

  private summary(): string {
    const { title, format } = this.options;
    const parts = this.ownLines().flatMap(({ line, trace: { raw } }) => {
      if (raw.values.length === 0) return [];
      const [least, greatest] = raw.extremes.find(0, raw.values.length);
      if (least < 0) return [l10n.t('{0} not finite', line.name)];
      const first = Array.prototype.find.call(raw.values, isNumber) as number;
      const last = Array.prototype.findLast.call(raw.values, isNumber) as number;
      const numbers = [first, last, raw.values[least]!, raw.values[greatest]!].map(format);
      return [l10n.t('{0} from {1} to {2}, between {3} and {4}', line.name, ...numbers)];
    });
    const steps = this.series?.steps.column('step').at(-1) ?? 0;
    return parts.length === 0
      ? l10n.t('{0}: no values yet', title)
      : l10n.t('{0} over {1} steps: {2}', title, integer(steps), parts.join('; '));
  }

  private build(theme: Theme): PlotSpec {
    const looks = this.seriesLooks();
    const series: uPlot.Series[] = [{}];
    for (const { line, overlay, raw } of looks) {
      const color = theme[overlay?.color ?? line.color];
      const points = line.source.table === 'validation' && !raw;
      series.push({
        stroke: raw ? translucent(color, 0.3) : color,
        width: raw ? 1 : points ? 2 : 1.5,
        ...(!raw && { dash: dashOf(overlay?.pattern ?? line.pattern) }),
        spanGaps: true,
        paths: (u, index, first, last) => (this.dense && !points ? null : linear(u, index, first, last)),
        points: { show: points, size: 5, fill: color, stroke: color },
      });
    }
    const { options } = this;
    const linear = uPlot.paths.linear!();
    return {
      padding: [phaseNameHeight, 12, 0, 0],
      series,
      scales: {
        x: { time: false, range: () => [...options.axis.shown] },
        y: this.logarithmic
          ? { distr: 3, range: (_, least, greatest) => logRange(least, greatest) }
          : {
              range: (_, least, greatest) => options.range(least ?? 0, greatest ?? 1, options.axis.zoom !== undefined),
            },
      },
      axes: [
        axis(theme, 'x', { label: l10n.t('step'), size: 24, values: (_, splits) => splits.map(stepTick) }),
        axis(theme, 'y', {
          size: 54,
          logarithmic: this.logarithmic,
          values: (_, splits) => (this.logarithmic ? logLabels(splits, logTick) : splits.map(options.tick ?? tidy)),
        }),
      ],
      ...stepCursor(options.onHover, (index) => looks[index - 1]?.raw === false),
      hooks: {
        ...stepCursor(options.onHover).hooks,
        drawAxes: [(u) => drawStepMarks(u, theme, this.marks)],
        drawSeries: [
          (u, index) => {
            const look = looks[index - 1];
            if (!this.dense || look === undefined || look.line.source.table === 'validation') return;
            const color = theme[look.overlay?.color ?? look.line.color];
            drawPixelColumns(u, index, look.raw ? translucent(color, 0.3) : color, look.raw ? 1 : 1.5);
          },
        ],
      },
    };
  }
}

function isShown({ optional, source }: StepLine, series: RunSeries): boolean {
  return optional !== true || source.table !== 'steps' || isMeasured(series, source.column);
}

function isNumber(value: number): boolean {
  return !Number.isNaN(value);
}

function nothing(length: number): null[] {
  return new Array<null>(length).fill(null);
}

function keepPositive(column: (number | null)[]): void {
  column.forEach((value, index) => {
    if (value !== null && value <= 0) column[index] = null;
  });
}

/** Whole decades around the data; two of them at least, so that a constant rate is not a full-height axis of one value. */
function logRange(least: number | null, greatest: number | null): [number, number] {
  if (least === null || greatest === null || least <= 0) return [0.1, 10];
  // Single precision: 0.1 is 0.10000000149.
  const low = Math.floor(Math.log10(least) + 1e-6);
  const high = Math.ceil(Math.log10(greatest) - 1e-6);
  return high > low ? [10 ** low, 10 ** high] : [10 ** (low - 1), 10 ** (high + 1)];
}
