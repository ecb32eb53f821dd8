// The three charts of an exported report, each a function from the report's numbers to SVG.
import type { LfwReport } from '../../protocol/lfwReport';
import { percent, percentTick } from '../../words/rates';
import { axisFloor } from '../axisFloor';
import { histogram, type OperatingPoint } from '../operatingPoint';
import { fixed, tidy } from './markup';
import { type ChartFrame, roundTicks, svgChart } from './svgChart';

const asTick = (at: number): { at: number; label: string } => ({ at, label: tidy(at) });
const asRate = (at: number): { at: number; label: string } => ({ at, label: percentTick(at) });

function curve({ x, y }: ChartFrame, { fpr, tpr }: LfwReport['roc'], low: number, css: string): string {
  const points = fpr.map((far, index) => `${fixed(x(far))} ${fixed(y(Math.max(low, tpr[index]!)))}`);
  return `<path class="${css}" d="M${points.join('L')}"/>`;
}

/** Mean ROC on a logarithmic false accept rate, the one before dashed, a ring at the operating point. */
export function rocSvg(report: LfwReport, baseline: LfwReport | undefined, point: OperatingPoint): string {
  // Half a wrong pair stands for none, which a logarithmic axis cannot show.
  const floor = 0.5 / Math.max(1, report.pairs.different);
  const powers = Array.from({ length: 8 }, (_, index) => 10 ** -index).filter((power) => power >= floor);
  const reached = [report.roc, ...(baseline === undefined ? [] : [baseline.roc])].map((roc) =>
    Math.max(0, ...roc.tpr.filter((_, index) => roc.fpr[index]! <= floor)),
  );
  const low = Math.min(0.9, Math.max(0, Math.floor(Math.min(...reached) * 10 - 0.5) / 10));
  return svgChart(
    `ROC: at threshold ${point.threshold.toFixed(2)} false accept rate ${percent(point.far)}, true accept rate ${percent(point.tpr)}`,
    {
      low: floor,
      high: 1,
      logarithmic: true,
      label: 'false accept rate',
      ticks: powers.map((at) => ({ at, label: percentTick(at) })),
    },
    { low, high: 1, label: 'true accept rate', ticks: roundTicks(low, 1, 6).map(asRate) },
    (frame) =>
      [
        baseline === undefined ? '' : curve(frame, baseline.roc, low, 'before'),
        curve(frame, report.roc, low, 'now'),
        `<circle class="point" cx="${fixed(frame.x(point.far))}" cy="${fixed(frame.y(Math.max(low, point.tpr)))}" r="5"/>`,
      ].join(''),
  );
}

/** Distances of same and of different pairs as bars over one another, the threshold as a line. */
export function distanceSvg(report: LfwReport, threshold: number): string {
  const bins = Math.max(12, Math.min(60, Math.round(Math.sqrt(report.distances.length) * 1.5)));
  const { centers, width, same, different } = histogram(report.distances, bins);
  const most = Math.max(1, ...same, ...different);
  const high = bins * width;
  const bars = ({ x, y, bottom }: ChartFrame, counts: readonly number[], css: string): string =>
    counts
      .map((count, bin) => {
        const from = x(centers[bin]! - width / 2);
        const top = y(count);
        return count === 0
          ? ''
          : `<rect class="${css}" x="${fixed(from)}" y="${fixed(top)}" width="${fixed(x(centers[bin]! + width / 2) - from)}" height="${fixed(bottom - top)}"/>`;
      })
      .join('');
  return svgChart(
    `Distances of ${report.pairs.same} same and ${report.pairs.different} different pairs, threshold ${threshold.toFixed(2)}`,
    { low: 0, high, label: 'distance', ticks: roundTicks(0, high, 6).map(asTick) },
    { low: 0, high: most * 1.05, label: 'pairs', ticks: roundTicks(0, most, 5).filter(Number.isInteger).map(asTick) },
    (frame) =>
      [
        bars(frame, same, 'same'),
        bars(frame, different, 'different'),
        `<path class="threshold" d="M${fixed(frame.x(Math.min(high, threshold)))} ${frame.top}V${frame.bottom}"/>`,
      ].join(''),
  );
}

/** Accuracy of each fold as a bar, the mean dashed, a mark for what the fold reached before. */
export function foldSvg({ accuracy }: LfwReport, baseline: LfwReport | undefined): string {
  const { perFold, mean } = accuracy;
  const before = baseline?.accuracy.perFold ?? [];
  const low = axisFloor([...perFold, ...before]);
  const numbers = perFold.map((_, fold) => fold + 1);
  return svgChart(
    `Accuracy of the folds: ${perFold.map(percent).join(', ')}; mean ${percent(mean)}`,
    { low: 0.4, high: perFold.length + 0.6, label: 'fold', ticks: numbers.map((at) => ({ at, label: String(at) })) },
    { low, high: 1, label: 'accuracy', ticks: roundTicks(low, 1, 5).map(asRate) },
    ({ x, y, left, right, bottom }) =>
      [
        ...perFold.map((value, fold) => {
          const from = x(fold + 0.7);
          return `<rect class="fold" x="${fixed(from)}" y="${fixed(y(value))}" width="${fixed(x(fold + 1.3) - from)}" height="${fixed(bottom - y(value))}"/>`;
        }),
        ...before.map(
          (value, fold) =>
            `<path class="was" d="M${fixed(x(fold + 0.65))} ${fixed(y(value))}H${fixed(x(fold + 1.35))}"/>`,
        ),
        `<path class="mean" d="M${left} ${fixed(y(mean))}H${right}"/>`,
      ].join(''),
  );
}
