import type { LfwEvent, RunEvent } from '../../protocol/events';
import { percent, percentSpread } from '../../words/rates';

const isLfw = (event: RunEvent): event is LfwEvent & { time: number } => event.type === 'lfw';

/** The evaluations of a run: before the training and at the end of each phase. */
export function evaluationsOf(events: readonly RunEvent[]): LfwEvent[] {
  return events.filter(isLfw);
}

/** A table of the evaluations, one line each, and below it what the training has changed. */
export function comparisonTable(evaluations: readonly LfwEvent[]): string[] {
  const rows = [
    ['', 'accuracy', 'validation rate', 'AUC', 'EER'],
    ...evaluations.map((event) => [
      event.phase === undefined ? 'before' : `after ${event.phase}`,
      percentSpread(event.accuracy, event.accuracyStd),
      `${percent(event.validationRate)} at FAR ${percent(event.far)}`,
      event.auc.toFixed(3),
      event.eer === undefined ? '-' : percent(event.eer),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
