import * as l10n from '@vscode/l10n';
import uPlot from 'uplot';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { card } from '../chart/card';
import { Legend } from '../chart/legend';
import { Plot, type PlotSpec, axis, paint } from '../chart/plot';
import { tidy } from '../format';
import { percent, percentTick } from '../../src/words/rates';
import { type Theme, translucent } from '../theme';
import { axisFloor } from '../../src/evaluate/axisFloor';

const height = 240;

/** Accuracy of each fold as a bar, with the mean, its spread, and what the fold reached before. */
export class FoldChart {
  readonly element: HTMLElement;
  private readonly plot: Plot;

  constructor(
    private readonly report: LfwReport,
    private readonly baseline: LfwReport | undefined,
  ) {
    const { perFold, thresholds, mean } = report.accuracy;
    const floor = axisFloor([...perFold, ...(baseline?.accuracy.perFold ?? [])]);
    const legend = new Legend([
      { name: l10n.t('fold'), color: 'green', pattern: 'solid' },
      { name: l10n.t('mean ± std'), color: 'foreground', pattern: 'dashed' },
      ...(baseline === undefined ? [] : [{ name: l10n.t('before'), color: 'orange', pattern: 'solid' } as const]),
    ]);
    const spoken = perFold.map((accuracy, fold) => l10n.t('fold {0} {1}', fold + 1, percent(accuracy))).join(', ');
    this.plot = new Plot({
      label: l10n.t('Accuracy of the folds: {0}; mean {1}', spoken, percent(mean)),
      height,
      build: (theme) => this.build(theme, floor),
    });
    const range = l10n.t('thresholds {0} to {1}', tidy(Math.min(...thresholds)), tidy(Math.max(...thresholds)));
    const unit = floor > 0 ? `${l10n.t('axis from {0}', percentTick(floor))} · ${range}` : range;
    this.element = card(l10n.t('Accuracy of the folds'), unit, legend.element, this.plot.element);
    this.plot.setData([perFold.map((_, fold) => fold + 1), [...perFold]]);
  }

  dispose(): void {
    this.plot.dispose();
  }

  private build(theme: Theme, floor: number): PlotSpec {
    const folds = this.report.accuracy.perFold.length;
    return {
      padding: [10, 14, 0, 0],
      series: [
        {},
        {
          stroke: theme.green,
          fill: translucent(theme.green, 0.4),
          width: 1,
          paths: uPlot.paths.bars!({ size: [0.62, 64] }),
          points: { show: false },
        },
      ],
      scales: { x: { time: false, range: () => [0.4, folds + 0.6] }, y: { range: () => [floor, 1] } },
      axes: [
        axis(theme, 'x', {
          label: l10n.t('fold'),
          size: 24,
          grid: false,
          splits: () => Array.from({ length: folds }, (_, fold) => fold + 1),
          values: (_, splits) => splits.map(String),
        }),
        axis(theme, 'y', { label: l10n.t('accuracy'), size: 46, values: (_, splits) => splits.map(percentTick) }),
      ],
      cursor: { show: false, drag: { x: false, y: false } },
      hooks: {
        drawAxes: [(u) => this.drawSpread(u, theme)],
        draw: [(u) => this.drawMean(u, theme), (u) => this.drawBefore(u, theme)],
      },
    };
  }

  private drawSpread(u: uPlot, theme: Theme): void {
    const { mean, std } = this.report.accuracy;
    paint(u, (context) => {
      const top = u.valToPos(Math.min(1, mean + std), 'y', true);
      const bottom = u.valToPos(mean - std, 'y', true);
      context.fillStyle = translucent(theme.foreground, 0.09);
      context.fillRect(u.bbox.left, top, u.bbox.width, bottom - top);
    });
  }

  private drawMean(u: uPlot, theme: Theme): void {
    paint(u, (context, ratio) => {
      const y = Math.round(u.valToPos(this.report.accuracy.mean, 'y', true)) + 0.5;
      context.strokeStyle = theme.foreground;
      context.lineWidth = ratio;
      context.setLineDash([6 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(u.bbox.left, y);
      context.lineTo(u.bbox.left + u.bbox.width, y);
      context.stroke();
    });
  }

  private drawBefore(u: uPlot, theme: Theme): void {
    const before = this.baseline?.accuracy.perFold ?? [];
    const width = Math.min(64 * devicePixelRatio, u.valToPos(1.62, 'x', true) - u.valToPos(1, 'x', true));
    paint(u, (context, ratio) => {
      context.strokeStyle = theme.orange;
      context.lineWidth = 2 * ratio;
      before.forEach((accuracy, fold) => {
        const x = u.valToPos(fold + 1, 'x', true);
        const y = u.valToPos(accuracy, 'y', true);
        context.beginPath();
        context.moveTo(x - width / 2 - 3 * ratio, y);
        context.lineTo(x + width / 2 + 3 * ratio, y);
        context.stroke();
      });
    });
  }
}
