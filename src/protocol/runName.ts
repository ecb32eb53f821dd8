// What a run is called. Only types are imported, so that pages and the extension's activation load no schema.
import type { RunRecord } from './run';
import type { RunAbout } from './runAbout';

/** The name of a run wherever it is shown: the one that a person has given it, else the title that it was started with. */
export function nameOfRun({ title }: Pick<RunRecord, 'title'>, about?: Pick<RunAbout, 'name'>): string {
  return about?.name ?? title;
}
