import * as l10n from '@vscode/l10n';
import type uPlot from 'uplot';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { card } from '../chart/card';
import { Legend } from '../chart/legend';
import { Plot, type PlotSpec, axis, logLabels, paint } from '../chart/plot';
import { percent, percentTick } from '../../src/words/rates';
import { type Theme, translucent } from '../theme';
import { type OperatingPoint, pointAt } from '../../src/evaluate/operatingPoint';
import { followPointer, stepsOfKey } from './thresholdDrag';

const height = 300;

type Roc = LfwReport['roc'];

export interface RocChartOptions {
  report: LfwReport;
  baseline: LfwReport | undefined;
  logarithmic: boolean;
  lastIndex: number;
  /** The user has moved the cursor to this index of the ROC. */
  onMove(index: number): void;
}

/** Receiver operating characteristic: true accepts over false accepts, with a cursor that is the threshold. */
export class RocChart {
  readonly element: HTMLElement;
  private readonly plot: Plot;
  private point: OperatingPoint;
  private logarithmic: boolean;

  constructor(private readonly options: RocChartOptions) {
    const { baseline, report } = options;
    this.logarithmic = options.logarithmic;
    this.point = pointAt(report, 0);
    const legend = new Legend([
      { name: baseline === undefined ? l10n.t('mean of the folds') : l10n.t('now'), color: 'green', pattern: 'solid' },
      ...(baseline === undefined ? [] : [{ name: l10n.t('before'), color: 'foreground', pattern: 'dashed' } as const]),
    ]);
    this.plot = new Plot({ label: l10n.t('ROC curve'), height, build: (theme) => this.build(theme) });
    const { element } = this.plot;
    element.setAttribute('role', 'slider');
    element.setAttribute('aria-label', l10n.t('Threshold on the ROC curve'));
    element.setAttribute('aria-valuemin', String(report.roc.thresholds[0] ?? 0));
    element.setAttribute('aria-valuemax', String(report.roc.thresholds[options.lastIndex] ?? 0));
    element.tabIndex = 0;
    element.addEventListener('keydown', (event) => {
      const steps = stepsOfKey(event.key);
      if (steps === undefined) return;
      event.preventDefault();
      options.onMove(Math.max(0, Math.min(options.lastIndex, this.point.index + steps)));
    });
    this.element = card('ROC', l10n.t('true accepts over false accepts'), legend.element, element);
    this.scale();
  }

  setPoint(point: OperatingPoint): void {
    this.point = point;
    const { element } = this.plot;
    element.setAttribute('aria-valuenow', String(point.threshold));
    element.setAttribute(
      'aria-valuetext',
      l10n.t(
        'threshold {0}: false accept rate {1}, true accept rate {2}, accuracy {3}',
        ...[point.threshold.toFixed(2), percent(point.far), percent(point.tpr), percent(point.accuracy)],
      ),
    );
    this.plot.redraw();
  }

  setLogarithmic(logarithmic: boolean): void {
    if (this.logarithmic === logarithmic) return;
    this.logarithmic = logarithmic;
    this.scale();
  }

  dispose(): void {
    this.plot.dispose();
  }

  /** Least rate that the logarithmic axis can show: half a wrong pair. */
  private get floor(): number {
    return 0.5 / Math.max(1, this.options.report.pairs.different);
  }

  private scale(): void {
    const { report, baseline } = this.options;
    const shown = [report.roc, ...(baseline === undefined ? [] : [baseline.roc])];
    // At its left end the logarithmic axis shows what is reached without a false accept.
    const least = this.logarithmic ? Math.min(...shown.map((roc) => tprWithoutFalseAccepts(roc, this.floor))) : 0;
    const low = Math.max(0, Math.floor(least * 10 - 0.5) / 10);
    // The curves themselves are painted: their vertical steps are no function of the false accept rate.
    this.plot.rebuild([
      [this.logarithmic ? this.floor : 0, 1],
      [low, 1],
    ]);
  }

  private build(theme: Theme): PlotSpec {
    return {
      padding: [10, 18, 0, 0],
      series: [{}, { stroke: 'transparent', points: { show: false } }],
      scales: {
        x: this.logarithmic
          ? { time: false, distr: 3, range: () => [this.floor, 1] }
          : { time: false, range: () => [0, 1] },
        y: { range: (_, least) => [least ?? 0, 1] },
      },
      axes: [
        axis(theme, 'x', {
          label: l10n.t('false accept rate'),
          size: 24,
          logarithmic: this.logarithmic,
          values: (_, splits) => (this.logarithmic ? logLabels(splits, percentTick) : splits.map(percentTick)),
        }),
        axis(theme, 'y', {
          label: l10n.t('true accept rate'),
          size: 46,
          values: (_, splits) => splits.map(percentTick),
        }),
      ],
      cursor: { show: false, drag: { x: false, y: false } },
      hooks: {
        ready: [(u) => followPointer(u, (left, top) => this.options.onMove(this.nearest(u, left, top)))],
        draw: [(u) => this.drawCurves(u, theme), (u) => this.drawCursor(u, theme)],
      },
    };
  }

  private position(u: uPlot, roc: Roc, index: number, canvas: boolean): [number, number] {
    const far = this.logarithmic ? Math.max(this.floor, roc.fpr[index]!) : roc.fpr[index]!;
    return [u.valToPos(far, 'x', canvas), u.valToPos(roc.tpr[index]!, 'y', canvas)];
  }

  private nearest(u: uPlot, left: number, top: number): number {
    const { roc } = this.options.report;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index <= this.options.lastIndex; index++) {
      const [x, y] = this.position(u, roc, index, false);
      const distance = Math.hypot(x - left, y - top);
      if (distance < least) [best, least] = [index, distance];
    }
    return best;
  }

  private drawCurves(u: uPlot, theme: Theme): void {
    paint(u, (context, ratio) => {
      const trace = (roc: Roc): void => {
        context.beginPath();
        roc.thresholds.forEach((_, index) => {
          const [x, y] = this.position(u, roc, index, true);
          if (index === 0) context.moveTo(x, y);
          else context.lineTo(x, y);
        });
        context.stroke();
      };
      if (!this.logarithmic) {
        context.strokeStyle = theme.axis;
        context.lineWidth = ratio;
        context.setLineDash([2 * ratio, 4 * ratio]);
        context.beginPath();
        context.moveTo(u.valToPos(0, 'x', true), u.valToPos(0, 'y', true));
        context.lineTo(u.valToPos(1, 'x', true), u.valToPos(1, 'y', true));
        context.stroke();
      }
      context.lineJoin = 'round';
      const { baseline, report } = this.options;
      if (baseline !== undefined) {
        context.strokeStyle = translucent(theme.foreground, 0.7);
        context.lineWidth = 1.5 * ratio;
        context.setLineDash([6 * ratio, 4 * ratio]);
        trace(baseline.roc);
      }
      context.setLineDash([]);
      context.strokeStyle = theme.green;
      context.lineWidth = 2 * ratio;
      trace(report.roc);
    });
  }

  private drawCursor(u: uPlot, theme: Theme): void {
    paint(
      u,
      (context, ratio) => {
        const { bbox } = u;
        const [x, y] = this.position(u, this.options.report.roc, this.point.index, true);
        const inside = Math.min(bbox.top + bbox.height, y);
        context.strokeStyle = translucent(theme.foreground, 0.5);
        context.lineWidth = ratio;
        context.setLineDash([3 * ratio, 3 * ratio]);
        context.beginPath();
        context.moveTo(bbox.left, inside);
        context.lineTo(x, inside);
        context.lineTo(x, bbox.top + bbox.height);
        context.stroke();
        context.setLineDash([]);
        context.fillStyle = theme.background;
        context.strokeStyle = theme.foreground;
        context.lineWidth = 2.5 * ratio;
        context.beginPath();
        context.arc(x, inside, 6 * ratio, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      },
      false,
    );
  }
}

function tprWithoutFalseAccepts(roc: Roc, floor: number): number {
  return roc.fpr.reduce((most, far, index) => (far <= floor ? Math.max(most, roc.tpr[index]!) : most), 0);
}
