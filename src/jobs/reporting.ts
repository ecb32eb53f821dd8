// How jobs that measure something tell what they do and keep what they have found.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import type { Activity } from '../protocol/activities';
import type { JobContext } from '../protocol/jobContext';

/** Says sentences of warning. */
export function warn(context: JobContext, notes: readonly string[]): void {
  for (const message of notes) context.report({ type: 'log', level: 'warning', message });
}

/** Tells how far an activity is. */
export function progressOf(
  context: JobContext,
  activity: Activity,
  unit: string,
): (done: number, total: number) => void {
  return (done, total) => context.report({ type: 'progress', activity, done, total, unit });
}

/** Keeps a report in the run folder, and its place there in the record. */
export async function keepReport(
  context: JobContext,
  name: string,
  report: object,
  figures: Readonly<Record<string, number>> = {},
): Promise<void> {
  const file = `evaluations/${name}`;
  await mkdir(join(context.runFolder, 'evaluations'), { recursive: true });
  await writeFileAtomic(join(context.runFolder, file), `${JSON.stringify(report)}\n`);
  await context.update({ result: { report: file, ...figures } });
}
