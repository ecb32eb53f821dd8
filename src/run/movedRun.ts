// A run folder that was moved with its workspace, or alone: the paths in it are those of its old place.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Move } from '../files/movedFolder';

const runs = join('.facenet', 'runs');

/**
 * How a run, or the workspace that it lies in, was moved since its run.json was written; undefined where it was not.
 * @param folder where the run lies now, absolute
 * @param record what run.json holds, of older versions too: those do not say where they lay, but name paths in it
 */
export function moveOfRun(folder: string, record: unknown): Move | undefined {
  const { folder: written, id } = (record ?? {}) as { folder?: unknown; id?: unknown };
  const from = typeof written === 'string' ? written : typeof id === 'string' ? placeIn(record, id) : undefined;
  if (from === undefined || from === folder) return undefined;
  const [before, now] = [workspaceOf(from), workspaceOf(folder)];
  if (before === undefined || now === undefined || before === now) return { from, to: folder };
  return { from: before, to: now };
}

/** The same by the run.json of a folder; undefined as well where it has none that can be read. */
export async function readMoveOfRun(folder: string): Promise<Move | undefined> {
  try {
    return moveOfRun(folder, JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The folder that holds `.facenet/runs/<run>`. */
function workspaceOf(run: string): string | undefined {
  const folder = dirname(run);
  return folder.endsWith(`${sep}${runs}`) ? folder.slice(0, -runs.length - 1) || sep : undefined;
}

/** A run folder of the workspace, by the first path that leads into one: its own if there is one of that. */
function placeIn(record: unknown, id: string): string | undefined {
  const places = stringsIn(record).flatMap((text) => {
    const at = text.indexOf(`${sep}${runs}${sep}`);
    if (at < 0) return [];
    const [run] = text.slice(at + runs.length + 2).split(sep);
    return [join(text.slice(0, at + 1), runs, run!)];
  });
  const own = places.find((place) => basename(place) === id);
  return own ?? (places[0] === undefined ? undefined : join(dirname(places[0]), id));
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
