// How a chart over the steps is zoomed, moved and read, by pointer, wheel and keyboard.
import * as l10n from '@vscode/l10n';
import type uPlot from 'uplot';
import type { StepAxis } from './stepAxis';
import { element } from '../element';

/** A shorter drag is a click, CSS pixels. */
const leastDrag = 5;
const keyZoom = 0.5;
const keyPan = 0.25;
/** Zoom per wheel notch of 100 CSS pixels. */
const wheelZoom = 0.75;

export interface Navigated {
  readonly element: HTMLElement;
  /** The chart on the screen, which changes with the theme. */
  drawn: () => uPlot | undefined;
  axis: StepAxis;
  /** Moves the reading cursor by so many measured steps; to the last one with Infinity. */
  read: (by: number) => void;
}

/** Said to screen readers, and shown as the title of the help button. */
export const navigationHelp = [
  l10n.t('Drag to zoom in, double-click to see all steps.'),
  l10n.t('Shift and drag, or drag the step axis, to move.'),
  l10n.t('Ctrl and wheel to zoom, Shift and wheel to move.'),
  l10n.t(
    'Keys: left and right read step by step, + and − zoom, Page Up and Page Down move, End reads the last step, Home shows all steps.',
  ),
].join(' ');

/** Makes a chart answer pointer, wheel and keys. The listeners are the element's and go with it. */
export function navigate(chart: Navigated): void {
  const { element: frame, axis } = chart;
  frame.tabIndex = 0;
  frame.addEventListener('pointerdown', (event) => {
    const u = chart.drawn();
    if (u === undefined || event.button !== 0) return;
    const { left, width, bottom, top, height } = u.over.getBoundingClientRect();
    const inside = event.clientX >= left && event.clientX <= left + width;
    if (!inside || event.clientY < top) return;
    frame.setPointerCapture(event.pointerId);
    if (event.shiftKey || event.clientY > bottom) dragToMove(frame, axis, event, width);
    else dragToZoom(frame, axis, event, { left, width, top, height });
  });
  frame.addEventListener('dblclick', () => axis.reset());
  frame.addEventListener(
    'wheel',
    (event) => {
      const u = chart.drawn();
      if (u === undefined) return;
      const { left, width } = u.over.getBoundingClientRect();
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        const [from, to] = axis.shown;
        const part = Math.min(1, Math.max(0, (event.clientX - left) / width));
        axis.zoomBy(wheelZoom ** (-event.deltaY / 100), from + part * (to - from));
      } else if (sideways !== 0 && Math.abs(sideways) >= Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        axis.pan(sideways / width);
      } else return; // The wheel alone scrolls the page.
      event.preventDefault();
    },
    { passive: false },
  );
  frame.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action(chart, event.shiftKey);
  });
}

const keys: Record<string, (chart: Navigated, shift: boolean) => void> = {
  ArrowLeft: ({ axis, read }, shift) => (shift ? axis.pan(-keyPan) : read(-1)),
  ArrowRight: ({ axis, read }, shift) => (shift ? axis.pan(keyPan) : read(1)),
  PageUp: ({ axis }) => axis.pan(-keyPan),
  PageDown: ({ axis }) => axis.pan(keyPan),
  '+': ({ axis }) => axis.zoomBy(keyZoom),
  '=': ({ axis }) => axis.zoomBy(keyZoom),
  '-': ({ axis }) => axis.zoomBy(1 / keyZoom),
  Home: ({ axis }) => axis.reset(),
  End: ({ read }) => read(Infinity),
};

function dragToMove(frame: HTMLElement, axis: StepAxis, start: PointerEvent, width: number): void {
  let last = start.clientX;
  frame.classList.add('moving');
  follow(
    frame,
    (event) => {
      axis.pan((last - event.clientX) / width);
      last = event.clientX;
    },
    () => frame.classList.remove('moving'),
  );
}

function dragToZoom(
  frame: HTMLElement,
  axis: StepAxis,
  start: PointerEvent,
  over: { left: number; width: number; top: number; height: number },
): void {
  const box = element('div', { class: 'zoom-selection', 'aria-hidden': 'true' });
  const edge = frame.getBoundingClientRect();
  box.style.top = `${over.top - edge.top}px`;
  box.style.height = `${over.height}px`;
  const within = (x: number): number => Math.min(over.width, Math.max(0, x - over.left));
  const begun = within(start.clientX);
  let ended = begun;
  follow(
    frame,
    (event) => {
      ended = within(event.clientX);
      box.style.left = `${over.left - edge.left + Math.min(begun, ended)}px`;
      box.style.width = `${Math.abs(ended - begun)}px`;
      if (box.parentElement === null) frame.append(box);
    },
    (cancelled) => {
      box.remove();
      if (cancelled || Math.abs(ended - begun) < leastDrag) return;
      const [from, to] = axis.shown;
      const step = (x: number): number => from + (x / over.width) * (to - from);
      axis.zoomTo(step(begun), step(ended));
    },
  );
}

/** Calls `move` until the pointer is released, or taken away by the system, then `end`. */
function follow(frame: HTMLElement, move: (event: PointerEvent) => void, end: (cancelled: boolean) => void): void {
  const stop = (event: PointerEvent): void => {
    frame.removeEventListener('pointermove', move);
    frame.removeEventListener('pointerup', stop);
    frame.removeEventListener('pointercancel', stop);
    end(event.type === 'pointercancel');
  };
  frame.addEventListener('pointermove', move);
  frame.addEventListener('pointerup', stop);
  frame.addEventListener('pointercancel', stop);
}
