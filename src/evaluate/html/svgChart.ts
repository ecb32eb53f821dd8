// The frame that the charts of an exported report share: axes, ticks and grid as SVG, coloured by the page's style.
import { escapeHtml, fixed } from './markup';

export interface ChartScale {
  /** Ends of the axis in the values' own unit; both positive where it is logarithmic. */
  low: number;
  high: number;
  logarithmic?: boolean;
  ticks: readonly { at: number; label: string }[];
  label: string;
}

export interface ChartFrame {
  x: (value: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const width = 560;
const height = 300;
const margin = { left: 58, right: 14, top: 22, bottom: 42 };

function position({ low, high, logarithmic }: ChartScale, from: number, to: number): (value: number) => number {
  const share = logarithmic
    ? (value: number) => Math.log(Math.max(value, low) / low) / Math.log(high / low)
    : (value: number) => (value - low) / (high - low || 1);
  return (value) => from + (to - from) * share(value);
}

/** An SVG of 560 × 300 units with `content` drawn inside of its axes; `description` is what a screen reader says. */
export function svgChart(
  description: string,
  horizontal: ChartScale,
  vertical: ChartScale,
  content: (frame: ChartFrame) => string,
): string {
  const frame: ChartFrame = {
    left: margin.left,
    right: width - margin.right,
    top: margin.top,
    bottom: height - margin.bottom,
    x: position(horizontal, margin.left, width - margin.right),
    y: position(vertical, height - margin.bottom, margin.top),
  };
  const { left, right, top, bottom } = frame;
  const columns = horizontal.ticks.map(({ at, label }) => {
    const x = fixed(frame.x(at));
    return `<path class="grid" d="M${x} ${top}V${bottom}"/><text x="${x}" y="${bottom + 16}" text-anchor="middle">${escapeHtml(label)}</text>`;
  });
  const rows = vertical.ticks.map(({ at, label }) => {
    const y = fixed(frame.y(at));
    return `<path class="grid" d="M${left} ${y}H${right}"/><text x="${left - 7}" y="${y}" dy="0.35em" text-anchor="end">${escapeHtml(label)}</text>`;
  });
  const middle = fixed((top + bottom) / 2);
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(description)}">`,
    ...columns,
    ...rows,
    content(frame),
    `<path class="axis" d="M${left} ${top}V${bottom}H${right}"/>`,
    `<text class="name" x="${fixed((left + right) / 2)}" y="${height - 6}" text-anchor="middle">${escapeHtml(horizontal.label)}</text>`,
    `<text class="name" transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${escapeHtml(vertical.label)}</text>`,
    '</svg>',
  ].join('');
}

/** Evenly spaced round ticks from `low` to `high`, about `count` of them. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}
