// The charts as one picture, with their titles and legends, on the background of the theme.
import { shownText } from '../../src/protocol/shownText';
import { type LegendEntry, dashOf } from '../chart/legend';
import { shorten } from '../chart/phaseMarks';
import { readTheme, type Theme } from '../theme';
import type { Overlay } from './overlays';
import type { RunCharts } from './runCharts';

const columns = 2;
const margin = 20;
const titleHeight = 44;
/** Above each chart, for its title and its legend, CSS pixels. */
const headHeight = 44;
const swatchWidth = 18;

/** PNG of all charts that have something to show, as they are zoomed. @throws Error where the canvas cannot be read */
export async function pictureOf(title: string, charts: RunCharts, overlays: readonly Overlay[]): Promise<Uint8Array> {
  charts.flush();
  const theme = readTheme();
  const ratio = devicePixelRatio;
  const cells = charts.shown.flatMap((chart) => {
    const canvas = chart.plot.drawn?.ctx.canvas;
    return canvas === undefined ? [] : [{ chart, canvas }];
  });
  const width = Math.max(...cells.map(({ canvas }) => canvas.width)) / ratio;
  const height = Math.max(...cells.map(({ canvas }) => canvas.height)) / ratio;
  const across = Math.min(columns, cells.length);
  const rows = Math.ceil(cells.length / across);
  const names: LegendEntry[] = overlays.map(({ title: name, color, pattern }) => ({ name, color, pattern }));
  const top = margin + titleHeight + (names.length > 0 ? 22 : 0);
  const picture = document.createElement('canvas');
  picture.width = Math.round((across * (width + margin) + margin) * ratio);
  picture.height = Math.round((top + rows * (height + headHeight + margin)) * ratio);
  const context = picture.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, picture.width, picture.height);
  context.textBaseline = 'middle';
  const room = across * (width + margin) - margin;
  write(context, theme, title, margin, margin + 12, 600, 18, room);
  if (names.length > 0) drawLegend(context, theme, names, margin, margin + titleHeight, room);
  cells.forEach(({ chart, canvas }, index) => {
    const left = margin + (index % across) * (width + margin);
    const upper = top + Math.floor(index / across) * (height + headHeight + margin);
    write(context, theme, chart.title, left, upper + 10, 600, 13, width);
    const entries = chart.legend.entries.filter(({ name }) => name !== '');
    drawLegend(
      context,
      theme,
      entries.map(({ value, name, ...look }) => ({ ...look, name: `${name} ${value}`.trim() })),
      left,
      upper + 32,
      width,
    );
    context.drawImage(canvas, left, upper + headHeight, canvas.width / ratio, canvas.height / ratio);
  });
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The picture of the charts could not be made.');
  return new Uint8Array(await blob.arrayBuffer());
}

function write(
  context: CanvasRenderingContext2D,
  theme: Theme,
  text: string,
  x: number,
  y: number,
  weight: number,
  size: number,
  room: number,
): number {
  context.font = `${weight} ${size}px ${theme.fontFamily}`;
  context.fillStyle = theme.foreground;
  const shown = shorten(context, shownText(text), room);
  context.fillText(shown, x, y);
  return context.measureText(shown).width;
}

function drawLegend(
  context: CanvasRenderingContext2D,
  theme: Theme,
  entries: readonly LegendEntry[],
  left: number,
  y: number,
  room: number,
): void {
  let x = left;
  for (const { name, color, pattern } of entries) {
    const rest = left + room - x - swatchWidth;
    if (rest < 40) return;
    context.strokeStyle = theme[color];
    context.lineWidth = 2;
    context.setLineDash(dashOf(pattern) ?? []);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + swatchWidth, y);
    context.stroke();
    context.setLineDash([]);
    x += swatchWidth + 6;
    x += write(context, theme, name, x, y, 400, 12, rest) + 16;
  }
}
