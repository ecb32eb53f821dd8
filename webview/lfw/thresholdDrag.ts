import type uPlot from 'uplot';

/** Lets the pointer move the threshold: pressed or dragged over the plotting area, in CSS pixels from its corner. */
export function followPointer(u: uPlot, moved: (left: number, top: number) => void): void {
  const { over } = u;
  const report = (event: PointerEvent): void => {
    const bounds = over.getBoundingClientRect();
    moved(event.clientX - bounds.left, event.clientY - bounds.top);
  };
  over.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    over.setPointerCapture(event.pointerId);
    report(event);
  });
  over.addEventListener('pointermove', (event) => {
    if (over.hasPointerCapture(event.pointerId)) report(event);
  });
}

/** Steps of the ROC that a key asks for, or undefined when it is another key. */
export function stepsOfKey(key: string): number | undefined {
  const steps: Record<string, number> = {
    ArrowRight: 1,
    ArrowUp: 1,
    ArrowLeft: -1,
    ArrowDown: -1,
    PageUp: 10,
    PageDown: -10,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  return steps[key];
}
