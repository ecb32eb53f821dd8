import type uPlot from 'uplot';
import type { AlarmMark, CheckpointMark, PhaseSpan, RecoveryMark } from '../../src/protocol/runSeries';
import { shownText } from '../../src/protocol/shownText';
import { type Theme, translucent } from '../theme';
import { paint } from './plot';

export interface StepMarks {
  phases: readonly PhaseSpan[];
  checkpoints: readonly CheckpointMark[];
  recoveries: readonly RecoveryMark[];
  alarms: readonly AlarmMark[];
}

/** Height above the plotting area that the names of phases need, CSS pixels. */
export const phaseNameHeight = 18;

/**
 * Draws where phases begin (line, name above, every second one shaded), where checkpoints were saved, where something was
 * wrong with what is learned, and where the training went on after something that would have ended it.
 */
export function drawStepMarks(u: uPlot, theme: Theme, { phases, checkpoints, recoveries, alarms }: StepMarks): void {
  const { bbox } = u;
  const at = (step: number): number => u.valToPos(step, 'x', true);
  paint(u, (context, ratio) => {
    phases.forEach((phase, index) => {
      const left = at(phase.start);
      const right = index + 1 < phases.length ? at(phases[index + 1]!.start) : bbox.left + bbox.width;
      if (index % 2 === 1) {
        context.fillStyle = translucent(theme.foreground, 0.035);
        context.fillRect(left, bbox.top, right - left, bbox.height);
      }
      if (index === 0) return;
      context.strokeStyle = translucent(theme.foreground, 0.45);
      context.lineWidth = ratio;
      context.setLineDash([2 * ratio, 3 * ratio]);
      context.beginPath();
      context.moveTo(Math.round(left) + 0.5, bbox.top);
      context.lineTo(Math.round(left) + 0.5, bbox.top + bbox.height);
      context.stroke();
    });
  });
  // Neither names above nor a mark at the last step end at the edge of the plotting area.
  paint(
    u,
    (context, ratio) => {
      const bottom = bbox.top + bbox.height;
      const isVisible = (x: number): boolean => x >= bbox.left - 1 && x <= bbox.left + bbox.width + 1;
      for (const { step, best } of checkpoints) {
        const x = at(step);
        if (isVisible(x)) drawCheckpoint(context, x, bottom, best, theme, ratio);
      }
      for (const [marks, color] of [
        [alarms, theme.orange],
        [recoveries, theme.red],
      ] as const) {
        context.fillStyle = color;
        for (const { step } of marks) {
          const x = at(step);
          if (isVisible(x)) drawNotch(context, x, bbox.top, ratio);
        }
      }
      drawPhaseNames(context, u, theme, phases, ratio);
    },
    false,
  );
}

/** A notch on the step axis; the best one is a filled diamond of its own colour. */
function drawCheckpoint(
  context: CanvasRenderingContext2D,
  x: number,
  bottom: number,
  best: boolean,
  theme: Theme,
  ratio: number,
): void {
  const size = (best ? 5 : 3.5) * ratio;
  context.fillStyle = best ? theme.green : translucent(theme.foreground, 0.55);
  context.beginPath();
  if (best) {
    const middle = bottom - size - ratio;
    context.moveTo(x, middle - size);
    context.lineTo(x + size, middle);
    context.lineTo(x, middle + size);
    context.lineTo(x - size, middle);
  } else {
    context.moveTo(x - size, bottom);
    context.lineTo(x + size, bottom);
    context.lineTo(x, bottom - 1.6 * size);
  }
  context.closePath();
  context.fill();
}

/** A notch from above, where no checkpoint is. */
function drawNotch(context: CanvasRenderingContext2D, x: number, top: number, ratio: number): void {
  const size = 4.5 * ratio;
  context.beginPath();
  context.moveTo(x - size, top);
  context.lineTo(x + size, top);
  context.lineTo(x, top + 1.6 * size);
  context.closePath();
  context.fill();
}

function drawPhaseNames(
  context: CanvasRenderingContext2D,
  u: uPlot,
  theme: Theme,
  phases: readonly PhaseSpan[],
  ratio: number,
): void {
  const { bbox } = u;
  context.font = `${11 * ratio}px ${theme.fontFamily}`;
  context.fillStyle = theme.muted;
  context.textBaseline = 'bottom';
  context.textAlign = 'left';
  const end = bbox.left + bbox.width;
  let taken = bbox.left;
  phases.forEach((phase, index) => {
    const start = u.valToPos(phase.start, 'x', true);
    const left = Math.max(bbox.left, start);
    const right = index + 1 < phases.length ? u.valToPos(phases[index + 1]!.start, 'x', true) : end;
    if (start > end + 1 || right <= bbox.left) return; // Zoomed out of sight.
    const whole = context.measureText(phase.name).width;
    // A short phase at the end may have its name reach back over its beginning, where there is room.
    const from = left + whole > end ? Math.max(taken + 10 * ratio, end - whole) : left;
    const room = index + 1 < phases.length ? right - 6 * ratio : end;
    const name = shorten(context, shownText(phase.name), room - from);
    if (name === '') return;
    context.fillText(name, from, bbox.top - 4 * ratio);
    taken = from + context.measureText(name).width;
  });
}

/** The text, or as much of it as fits with an ellipsis; empty where not even three letters do. */
export function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  for (let length = text.length - 1; length >= 3; length--) {
    const shortened = `${text.slice(0, length).trimEnd()}…`;
    if (context.measureText(shortened).width <= width) return shortened;
  }
  return '';
}
