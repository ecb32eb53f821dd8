import uPlot from 'uplot';
import { element } from '../element';
import { type Theme, onThemeChange, readTheme } from '../theme';

/** What a chart adds to the common frame: series, scales, axes, hooks, all in the colours of this theme. */
export type PlotSpec = Omit<uPlot.Options, 'width' | 'height' | 'legend'>;

export interface PlotOptions {
  /** Said by screen readers for the whole picture; kept up to date with `describe`. */
  label: string;
  /** Height of the canvas, CSS pixels. */
  height: number;
  build(theme: Theme): PlotSpec;
  /** Called when the chart has another width, so that data can be sampled for it. */
  fitted?(): void;
}

/** A uPlot that fills the width of its element and is drawn anew in the colours of every new theme. */
export class Plot {
  readonly element: HTMLElement;
  private chart: uPlot | undefined;
  private data: uPlot.AlignedData = [[]];
  private readonly observer: ResizeObserver;
  private readonly unwatchTheme: () => void;

  constructor(private readonly options: PlotOptions) {
    this.element = element('div', { class: 'plot', role: 'img', 'aria-label': options.label });
    this.element.style.height = `${options.height}px`;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.element);
    this.unwatchTheme = onThemeChange(() => this.rebuild());
  }

  /** The chart on the screen; undefined until its element has been laid out. */
  get drawn(): uPlot | undefined {
    return this.chart;
  }

  describe(label: string): void {
    this.element.setAttribute('aria-label', label);
  }

  setData(data: uPlot.AlignedData): void {
    this.data = data;
    this.chart?.setData(data);
  }

  /** Draws again what the hooks draw. */
  redraw(): void {
    this.chart?.redraw(false);
  }

  /** Makes the chart again, for another theme or another kind of axis; `data` may be such that only the new one shows it. */
  rebuild(data: uPlot.AlignedData = this.data): void {
    this.data = data;
    if (this.chart === undefined) return;
    this.chart.destroy();
    this.chart = undefined;
    this.fit();
  }

  dispose(): void {
    this.observer.disconnect();
    this.unwatchTheme();
    this.chart?.destroy();
    this.chart = undefined;
  }

  private fit(): void {
    const width = Math.floor(this.element.clientWidth);
    if (width <= 0) return;
    const { height } = this.options;
    if (this.chart === undefined) {
      const spec = this.options.build(readTheme());
      this.chart = new uPlot({ ...spec, width, height, legend: { show: false } }, this.data, this.element);
    } else if (this.chart.width !== width) this.chart.setSize({ width, height });
    else return;
    this.options.fitted?.();
  }
}

export interface AxisOptions {
  /** Name and unit, e.g. `step`. */
  label?: string;
  /** Space for the values of a vertical axis, CSS pixels. */
  size?: number;
  values?: uPlot.Axis.Values;
  splits?: uPlot.Axis.Splits;
  grid?: boolean;
  /** Lines at powers of ten only, where there are many of them. */
  logarithmic?: boolean;
}

/** An axis in the theme's colours and font. */
export function axis(
  theme: Theme,
  scale: string,
  { label, size, values, splits, grid = true, logarithmic = false }: AxisOptions,
) {
  const font = `11px ${theme.fontFamily}`;
  return {
    scale,
    font,
    labelFont: font,
    stroke: theme.muted,
    grid: {
      show: grid,
      stroke: theme.grid,
      width: 1,
      ...(logarithmic && { filter: (_: uPlot, all: number[]) => decades(all) }),
    },
    ticks: { show: true, stroke: theme.axis, width: 1, size: 4 },
    border: { show: true, stroke: theme.axis, width: 1 },
    gap: 4,
    ...(label !== undefined && { label, labelGap: 0, labelSize: 16 }),
    ...(size !== undefined && { size }),
    ...(values !== undefined && { values }),
    ...(splits !== undefined && { splits }),
  } satisfies uPlot.Axis;
}

/** Runs `draw` with the canvas clipped to the plotting area; lengths are canvas pixels, `ratio` of them to a CSS pixel. */
export function paint(u: uPlot, draw: (context: CanvasRenderingContext2D, ratio: number) => void, clip = true): void {
  const { ctx, bbox } = u;
  ctx.save();
  if (clip) {
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
  }
  draw(ctx, devicePixelRatio);
  ctx.restore();
}

/** The powers of ten of a logarithmic axis; all of it where it has but one or two. */
function decades(splits: number[]): (number | null)[] {
  if (splits.filter(isPowerOfTen).length < 3) return splits;
  return splits.map((value) => (isPowerOfTen(value) ? value : null));
}

/** Labels of a logarithmic axis: powers of ten, and all of them where there are few. */
export function logLabels(splits: number[], format: (value: number) => string): string[] {
  const powers = splits.filter(isPowerOfTen).length;
  return splits.map((value) => (value !== null && (powers < 2 || isPowerOfTen(value)) ? format(value) : ''));
}

function isPowerOfTen(value: number): boolean {
  const exponent = Math.log10(value);
  return Math.abs(exponent - Math.round(exponent)) < 1e-9;
}
