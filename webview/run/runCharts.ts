import * as l10n from '@vscode/l10n';
import { type RunSeries, nearestIndex } from '../../src/series/runSeries';
import { navigate } from '../chart/navigation';
import { element } from '../element';
import { compact, integer, loss, memory, throughput, tidy } from '../format';
import { percent, percentTick } from '../../src/words/rates';
import { LfwChart, rangeAround } from './lfwChart';
import type { Overlay } from './overlays';
import { StepAxis, type StepRange } from '../chart/stepAxis';
import { StepChart, type StepChartOptions, type StepLine } from './stepChart';

type ChartDefinition = Omit<StepChartOptions, 'axis' | 'onHover'>;

function ofSteps(
  column: Extract<StepLine['source'], { table: 'steps' }>['column'],
  name: string,
  color: StepLine['color'],
  pattern: StepLine['pattern'],
  more: Partial<StepLine> = {},
): StepLine {
  return { name, color, pattern, source: { table: 'steps', column }, smoothed: true, compared: false, ...more };
}

const fromZero = (_: number, greatest: number): [number, number] => [0, greatest * 1.05 || 1];

/** From zero as long as everything is shown; as close as the data when it was zoomed into. */
function fromZeroOrClose(least: number, greatest: number, zoomed: boolean): [number, number] {
  if (!zoomed || greatest <= least) return fromZero(least, greatest);
  const air = (greatest - least) * 0.08;
  return [Math.max(0, least - air), greatest + air];
}

type ChartName = 'loss' | 'accuracy' | 'triplets' | 'distances' | 'rate' | 'gradients' | 'throughput' | 'memory';

const definitions: Record<ChartName, ChartDefinition> = {
  loss: {
    title: l10n.t('Loss'),
    unit: l10n.t('mean of the batch'),
    lines: [
      ofSteps('loss', l10n.t('total'), 'blue', 'solid', { compared: true }),
      ofSteps('crossEntropy', l10n.t('cross-entropy'), 'orange', 'dashed', { optional: true }),
      ofSteps('tripletLoss', l10n.t('triplet loss'), 'orange', 'dashed', { optional: true }),
      ofSteps('regularization', l10n.t('regularisation'), 'purple', 'dotted'),
    ],
    logarithmic: false,
    range: fromZeroOrClose,
    format: loss,
  },
  accuracy: {
    title: l10n.t('Accuracy'),
    unit: l10n.t('share of images'),
    lines: [
      ofSteps('accuracy', l10n.t('training'), 'blue', 'solid', { compared: true }),
      {
        name: l10n.t('validation'),
        color: 'orange',
        pattern: 'solid',
        source: { table: 'validation', column: 'accuracy' },
        smoothed: false,
        compared: true,
      },
    ],
    logarithmic: false,
    range: rangeAround,
    format: percent,
    tick: percentTick,
  },
  triplets: {
    title: l10n.t('Triplets'),
    unit: l10n.t('of the batch, 0 to 1'),
    lines: [
      ofSteps('activeTriplets', l10n.t('active triplets'), 'blue', 'solid', { compared: true }),
      ofSteps('spread', l10n.t('spread of the embedding'), 'orange', 'dashed'),
    ],
    logarithmic: false,
    range: rangeAround,
    format: tidy,
  },
  distances: {
    title: l10n.t('Distances'),
    unit: l10n.t('squared, from the anchor'),
    lines: [
      ofSteps('positiveDistance', l10n.t('positives'), 'blue', 'solid', { compared: true }),
      ofSteps('negativeDistance', l10n.t('negatives'), 'orange', 'dashed'),
    ],
    logarithmic: false,
    range: fromZeroOrClose,
    format: tidy,
  },
  rate: {
    title: l10n.t('Learning rate'),
    unit: l10n.t('log scale'),
    lines: [ofSteps('learningRate', l10n.t('rate'), 'purple', 'solid', { smoothed: false, compared: true })],
    logarithmic: true,
    range: fromZero,
    format: compact,
  },
  gradients: {
    title: l10n.t('Gradient norm'),
    unit: l10n.t('before it is clipped'),
    lines: [ofSteps('gradientNorm', l10n.t('norm'), 'orange', 'solid', { compared: true })],
    logarithmic: false,
    range: fromZeroOrClose,
    format: compact,
  },
  throughput: {
    title: l10n.t('Throughput'),
    unit: l10n.t('images/s'),
    lines: [ofSteps('imagesPerSecond', l10n.t('images/s'), 'blue', 'solid', { compared: true })],
    logarithmic: false,
    range: fromZeroOrClose,
    format: throughput,
    tick: (value) => (value < 10 ? tidy(value) : integer(value)),
  },
  memory: {
    title: l10n.t('Memory'),
    unit: l10n.t('of the worker'),
    lines: [
      ofSteps('residentBytes', l10n.t('resident'), 'orange', 'solid', { smoothed: false, compared: true }),
      ofSteps('tensorBytes', l10n.t('tensors'), 'purple', 'dashed', { smoothed: false }),
    ],
    logarithmic: false,
    range: fromZeroOrClose,
    format: memory,
    tick: memory,
  },
};

/** Drawing takes no longer of a frame; charts that are left follow in the next one, so that moving stays smooth. */
const drawMilliseconds = 8;

/** The charts of a run: one step axis, one cursor, drawn together and only where they are to be seen. */
export class RunCharts {
  readonly element: HTMLElement;
  readonly axis: StepAxis;
  private readonly lossChart: StepChart;
  private readonly stepCharts: StepChart[];
  private readonly lfwChart: LfwChart;
  private readonly all: (StepChart | LfwChart)[];
  private readonly stale = new Set<StepChart | LfwChart>();
  private readonly unseen = new Set<Element>();
  private readonly watcher: IntersectionObserver;
  private frame: number | undefined;
  private series: RunSeries | undefined;
  /** The chart that was moved or read last. */
  private moved: StepChart | LfwChart | undefined;
  /** Step that is read by keyboard. */
  private reading: number | undefined;

  /** @param onZoom called with the visible range, undefined when it is all steps. */
  constructor(onZoom: (range: StepRange | undefined) => void) {
    this.axis = new StepAxis(() => {
      onZoom(this.axis.zoom);
      this.redraw();
    });
    const make = (definition: ChartDefinition): StepChart =>
      new StepChart({ ...definition, axis: this.axis, onHover: (step) => this.showValues(step) });
    this.lossChart = make(definitions.loss);
    const learned = (['accuracy', 'triplets', 'distances', 'rate', 'gradients'] as const).map((name) =>
      make(definitions[name]),
    );
    const machine = (['throughput', 'memory'] as const).map((name) => make(definitions[name]));
    this.lfwChart = new LfwChart(this.axis, (step) => this.showValues(step));
    this.stepCharts = [this.lossChart, ...learned, ...machine];
    this.all = [this.lossChart, ...learned, this.lfwChart, ...machine];
    this.element = element(
      'section',
      { class: 'charts', 'aria-label': l10n.t('Charts') },
      ...this.all.map((chart) => chart.element),
    );
    this.watcher = new IntersectionObserver((entries) => this.look(entries), { rootMargin: '100px' });
    for (const chart of this.all) {
      const { element: frame } = chart.plot;
      // A slider over the steps is what a reading cursor is to a screen reader.
      frame.setAttribute('role', 'slider');
      frame.setAttribute('aria-valuemin', '0');
      this.watcher.observe(frame);
      for (const type of ['pointerdown', 'wheel', 'keydown'] as const) {
        frame.addEventListener(type, () => (this.moved = chart), { capture: true, passive: true });
      }
      navigate({
        element: frame,
        drawn: () => chart.plot.drawn,
        axis: this.axis,
        read: (by) => this.read(chart, by),
      });
    }
  }

  /** The charts that have something to show, in their order. */
  get shown(): readonly (StepChart | LfwChart)[] {
    return this.all.filter((chart) => !chart.element.hidden);
  }

  get visibleRange(): StepRange {
    return this.axis.shown;
  }

  setLogarithmic(logarithmic: boolean): void {
    this.lossChart.setLogarithmic(logarithmic);
  }

  /**
   * Takes over what has been measured.
   * @param kept steps whose checkpoints are there, where that is known: only these are marked
   */
  update(all: RunSeries, overlays: readonly Overlay[], smoothing: number, kept?: ReadonlySet<number>): void {
    const series =
      kept === undefined ? all : { ...all, checkpoints: all.checkpoints.filter(({ step }) => kept.has(step)) };
    this.series = series;
    const { lfw, steps } = series;
    const ends = [series, ...overlays.map((overlay) => overlay.series)].map((one) =>
      Math.max(one.steps.column('step').at(-1) ?? 0, one.lfw.at(-1)?.step ?? 0),
    );
    // The step at which a run diverged is one more than it has measured.
    const marked = [...series.alarms, ...series.recoveries].map(({ step }) => step);
    this.axis.setEnd(Math.max(...ends, ...marked));
    for (const chart of this.stepCharts) {
      chart.set(series, overlays, smoothing);
      chart.element.hidden = steps.length === 0 || !chart.hasValues;
    }
    this.lfwChart.set(lfw, overlays, series);
    this.lfwChart.element.hidden = !this.lfwChart.hasValues;
    this.element.hidden = this.shown.length === 0;
    const end = String(this.axis.shown[1]);
    for (const { plot } of this.all) {
      plot.element.setAttribute('aria-valuemax', end);
      // A slider without a value would be said to stand in its middle.
      if (plot.element.ariaValueText === null || this.reading === undefined) {
        plot.element.setAttribute('aria-valuenow', end);
        plot.element.setAttribute('aria-valuetext', l10n.t('the arrow keys read the values, step by step'));
      }
    }
    this.redraw();
  }

  /** Draws at once what waits to be drawn, seen or not, e.g. for a picture. */
  flush(): void {
    for (const chart of this.stale) chart.draw();
    this.stale.clear();
  }

  dispose(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.watcher.disconnect();
    for (const chart of this.all) chart.dispose();
  }

  private redraw(): void {
    for (const chart of this.all) this.stale.add(chart);
    this.request();
  }

  private request(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      const began = performance.now();
      for (const chart of this.inTurn()) {
        this.stale.delete(chart);
        chart.draw();
        if (performance.now() - began > drawMilliseconds) break;
      }
      if (this.inTurn().length > 0) this.request();
      if (this.reading !== undefined) this.point(this.reading);
      // What is on the screen since when, for whoever measures how live it is.
      this.element.dataset['drawn'] = `${this.series?.latestStep?.step ?? 0} ${Date.now()}`;
    });
  }

  /** Charts on the screen that wait to be drawn: the one that is being moved, then those that have waited longest. */
  private inTurn(): (StepChart | LfwChart)[] {
    const waiting = [...this.stale].filter((chart) => !chart.element.hidden && !this.unseen.has(chart.plot.element));
    return waiting.sort((a, b) => Number(b === this.moved) - Number(a === this.moved));
  }

  private look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.unseen.delete(target);
      else this.unseen.add(target);
    }
    this.request();
  }

  private showValues(step: number | undefined): void {
    for (const chart of this.all) chart.showValues(step);
  }

  private read(chart: StepChart | LfwChart, by: number): void {
    const steps = this.series?.steps.column('step') ?? [];
    if (steps.length === 0) return;
    const present = this.reading === undefined ? -1 : nearestIndex(steps, this.reading);
    const [from] = this.axis.shown;
    const row = present < 0 && by === 1 ? nearestIndex(steps, from) : (present < 0 ? steps.length : present) + by;
    const step = steps[Math.max(0, Math.min(steps.length - 1, row))]!;
    this.reading = step;
    this.axis.reveal(step);
    this.point(step);
    this.showValues(step);
    chart.plot.element.setAttribute('aria-valuenow', String(step));
    chart.plot.element.setAttribute('aria-valuetext', chart.showValues(step));
  }

  /** Moves the cursor of every chart to a step that is read by keyboard. */
  private point(step: number): void {
    for (const { plot } of this.shown) {
      const u = plot.drawn;
      u?.setCursor({ left: u.valToPos(step, 'x'), top: 1 }, false);
    }
  }
}
