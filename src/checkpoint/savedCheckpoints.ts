// Which checkpoints of a run are there.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A checkpoint that lies in a folder. */
export interface SavedCheckpoint {
  step: number;
  /** Absolute path without the ending of a file. */
  prefix: string;
  /** File name of the prefix. */
  base: string;
}

/** The checkpoints among the names of a folder's files. */
export function checkpointsAmong(directory: string, names: readonly string[]): SavedCheckpoint[] {
  return names.flatMap((name) => {
    const match = /^(.+\.ckpt-(\d+))\.index$/.exec(name);
    return match === null ? [] : [{ step: Number(match[2]), prefix: join(directory, match[1]!), base: match[1]! }];
  });
}

/** The checkpoints of a run's folder of models and of `best` in it, oldest first; none where it cannot be read. */
export async function savedCheckpoints(models: string): Promise<SavedCheckpoint[]> {
  const found: SavedCheckpoint[] = [];
  for (const directory of [models, join(models, 'best')]) {
    const names: string[] = await readdir(directory).catch(() => []);
    found.push(...checkpointsAmong(directory, names));
  }
  return found.sort((a, b) => a.step - b.step);
}
