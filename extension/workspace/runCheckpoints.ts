import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../../src/protocol/run';

export interface RunCheckpoint {
  /** Absolute; the common part of its files' names. */
  prefix: string;
  step: number;
  best: boolean;
}

/**
 * The checkpoints of a training, oldest first, by the names of their index files. The best one has a folder of its own,
 * so that it outlives the newer ones. A run folder that was moved is believed before the paths in its record.
 */
export async function checkpointsOfRun(record: RunRecord, folder: string): Promise<RunCheckpoint[]> {
  const own = join(folder, 'checkpoints');
  const recorded = record.directories?.models;
  for (const directory of recorded === undefined || recorded === own ? [own] : [own, recorded]) {
    const kept = await checkpointsIn(directory, false);
    const best = await checkpointsIn(join(directory, 'best'), true);
    const bestSteps = new Set(best.map(({ step }) => step));
    const found = [...best, ...kept.filter(({ step }) => !bestSteps.has(step))];
    if (found.length > 0) return found.sort((a, b) => a.step - b.step);
  }
  return [];
}

async function checkpointsIn(directory: string, best: boolean): Promise<RunCheckpoint[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.flatMap((name): RunCheckpoint[] => {
    const match = /^(.+\.ckpt-(\d+))\.index$/.exec(name);
    return match === null ? [] : [{ prefix: join(directory, match[1]!), step: Number(match[2]), best }];
  });
}
