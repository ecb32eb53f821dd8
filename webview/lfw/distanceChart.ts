import * as l10n from '@vscode/l10n';
import uPlot from 'uplot';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { card } from '../chart/card';
import { Legend } from '../chart/legend';
import { Plot, type PlotSpec, axis, paint } from '../chart/plot';
import { integer, tidy } from '../format';
import { type Theme, translucent } from '../theme';
import { type Histogram, histogram } from '../../src/evaluate/operatingPoint';
import { followPointer } from './thresholdDrag';

const height = 300;

/** As many bins as the pairs fill without gaps. */
export function histogramOf({ distances }: LfwReport): Histogram {
  return histogram(distances, Math.max(12, Math.min(60, Math.round(Math.sqrt(distances.length) * 1.5))));
}

/** How far apart the pairs are: same and different people over one another, the threshold between them. */
export class DistanceChart {
  readonly element: HTMLElement;
  private readonly plot: Plot;
  private threshold = 0;

  constructor(
    private readonly report: LfwReport,
    private readonly onMove: (threshold: number) => void,
  ) {
    const { same, different } = report.pairs;
    const legend = new Legend([
      { name: l10n.t('same person'), color: 'blue', pattern: 'solid' },
      { name: l10n.t('different people'), color: 'orange', pattern: 'solid' },
    ]);
    legend.set([integer(same), integer(different)]);
    const unit = report.recipe.distanceMetric === 0 ? l10n.t('squared Euclidean') : l10n.t('angle / π');
    this.plot = new Plot({ label: l10n.t('Distances of the pairs'), height, build: (theme) => this.build(theme) });
    this.element = card(l10n.t('Distances'), unit, legend.element, this.plot.element);
    const bins = histogramOf(report);
    this.plot.setData([bins.centers, bins.same, bins.different]);
  }

  setThreshold(threshold: number): void {
    this.threshold = threshold;
    this.plot.describe(
      l10n.t(
        'Distances of {0} same and {1} different pairs, threshold {2}',
        ...[integer(this.report.pairs.same), integer(this.report.pairs.different), threshold.toFixed(2)],
      ),
    );
    this.plot.redraw();
  }

  dispose(): void {
    this.plot.dispose();
  }

  private build(theme: Theme): PlotSpec {
    const bars = uPlot.paths.bars!({ size: [1, Infinity], gap: 1 });
    const histogramSeries = (color: string): uPlot.Series => ({
      stroke: color,
      fill: translucent(color, 0.45),
      width: 1,
      paths: bars,
      points: { show: false },
    });
    return {
      padding: [22, 14, 0, 0],
      series: [{}, histogramSeries(theme.blue), histogramSeries(theme.orange)],
      scales: {
        x: { time: false, range: (u) => this.xRange(u) },
        y: { range: (_, __, most) => [0, (most ?? 1) * 1.05] },
      },
      axes: [
        axis(theme, 'x', { label: l10n.t('distance'), size: 24, values: (_, splits) => splits.map(tidy), grid: false }),
        axis(theme, 'y', {
          label: l10n.t('pairs'),
          size: 40,
          values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? integer(value) : '')),
        }),
      ],
      cursor: { show: false, drag: { x: false, y: false } },
      hooks: {
        ready: [(u) => followPointer(u, (left) => this.onMove(u.posToVal(left, 'x')))],
        draw: [(u) => this.drawThreshold(u, theme)],
      },
    };
  }

  private xRange({ data: [centers] }: uPlot): [number, number] {
    const last = centers?.at(-1) ?? 1;
    const half = (centers?.[0] ?? 0) || 0.5;
    return [0, last + 2 * half];
  }

  private drawThreshold(u: uPlot, theme: Theme): void {
    paint(
      u,
      (context, ratio) => {
        const { bbox } = u;
        const right = bbox.left + bbox.width;
        const x = Math.max(bbox.left, Math.min(right, u.valToPos(this.threshold, 'x', true)));
        context.strokeStyle = theme.foreground;
        context.lineWidth = 2 * ratio;
        context.beginPath();
        context.moveTo(x, bbox.top);
        context.lineTo(x, bbox.top + bbox.height);
        context.stroke();
        context.font = `${11 * ratio}px ${theme.fontFamily}`;
        context.textBaseline = 'bottom';
        const y = bbox.top - 5 * ratio;
        const words: [string, CanvasTextAlign, number][] = [
          [`◂ ${l10n.t('same')}`, 'right', x - 8 * ratio],
          [`${l10n.t('different')} ▸`, 'left', x + 8 * ratio],
        ];
        for (const [word, align, left] of words) {
          const width = context.measureText(word).width;
          if (align === 'right' ? left - width < bbox.left : left + width > right) continue;
          context.fillStyle = theme.muted;
          context.textAlign = align;
          context.fillText(word, left, y);
        }
      },
      false,
    );
  }
}
