// What a report calls its models and images where people read it.
import type { LfwReport } from '../protocol/lfwReport';

/** A checkpoint's file has the identifier of its run and its step in its name; the run's own words are enough. */
const checkpointName = /^model-(?:\d{8}-\d{6}-)?(.+)\.ckpt-\d+$/;

/** E.g. `starter-on-my-people` of `model-20261126-122040-starter-on-my-people.ckpt-684`. */
export function shownModel({ name, path }: LfwReport['model']): string {
  const own = name === '' ? lastPart(path) : name;
  return checkpointName.exec(own)?.[1] ?? own;
}

/** An image of a pair by its path: LFW's names hold the person, a camera's do not. */
export function shownImage(path: string): string {
  const [file = '', person] = path.split(/[\\/]/).reverse();
  const stem = file.replace(/\.[^.]+$/, '');
  return person === undefined || stem.startsWith(person) ? stem : `${person.replaceAll('_', ' ')} · ${stem}`;
}

/** People of the first pairs of LFW's own list. */
const firstOfLfw = ['Abel_Pacheco', 'Akhmed_Zakayev', 'Amber_Tamblyn', 'Anders_Fogh_Rasmussen'];
const pairsOfLfw = 6000;

/** Whether a report is on the 6,000 pairs of LFW's own list, and not on those of other people. */
export function isOnLfw({ distances, pairs }: Pick<LfwReport, 'distances' | 'pairs'>): boolean {
  if (pairs.used + pairs.skipped.length !== pairsOfLfw) return false;
  const people = new Set(distances.slice(0, 100).map(({ a }) => a.split(/[\\/]/).at(-2)));
  return firstOfLfw.some((name) => people.has(name));
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).at(-1)!;
}
