// Finds datasets, models and runs below a workspace folder by names alone, so that it costs milliseconds.
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { folderState } from './folderState';
import { isImageName } from './imageNames';

export interface Discovery {
  /** Folders with one folder of images per person. */
  datasets: string[];
  /** Folders with a checkpoint or a frozen graph. */
  models: string[];
  /** Folders with runs of their own, e.g. a demo. */
  runRoots: string[];
  /** The folders that were looked into for these, with what `folderState` said before: where another may appear. */
  seen: Map<string, string>;
}

const deepest = 3;
/** A home directory opened as workspace must not be walked to its end. */
const mostFolders = 400;
/** So many folders of a candidate are looked into before it is judged. */
const sampledPeople = 8;
const skipped = new Set(['node_modules', 'dist', 'build', '__pycache__', 'venv']);

async function entriesOf(folder: string): Promise<Dirent[]> {
  // A folder without permission is simply not searched.
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

/** Subfolders in code point order, without hidden ones. */
function foldersAmong(entries: readonly Dirent[]): string[] {
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** At least two people, and most of the first few folders hold images directly. */
async function isDataset(folder: string, people: readonly string[]): Promise<boolean> {
  if (people.length < 2) return false;
  const sample = people.slice(0, sampledPeople);
  const holdImages = await Promise.all(
    sample.map(async (name) => {
      const entries = await entriesOf(join(folder, name));
      return entries.some((entry) => entry.isFile() && isImageName(entry.name));
    }),
  );
  const found = holdImages.filter(Boolean).length;
  return found >= 2 && found * 2 > sample.length;
}

function isModel(entries: readonly Dirent[]): boolean {
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  return names.some((name) => name.endsWith('.pb') || /\.ckpt-\d+\.index$/.test(name));
}

/** Datasets, model folders and folders with runs below `root`, in the order of a breadth-first walk; hidden folders are left out. */
export async function discover(root: string): Promise<Discovery> {
  const found: Discovery = { datasets: [], models: [], runRoots: [], seen: new Map() };
  let level = [root];
  let visited = 0;
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (++visited > mostFolders) return found;
      found.seen.set(folder, await folderState(folder));
      const entries = await entriesOf(folder);
      const folders = foldersAmong(entries);
      if (depth > 0 && isModel(entries)) found.models.push(folder);
      if (entries.some((entry) => entry.isDirectory() && entry.name === '.facenet')) found.runRoots.push(folder);
      const inside = folders.map((name) => join(folder, name));
      const people = new Map<string, string>();
      if (depth === deepest) {
        // They are not looked into for themselves, but make a dataset of this folder once they hold images.
        for (const person of inside.slice(0, sampledPeople)) people.set(person, await folderState(person));
      }
      if (await isDataset(folder, folders)) {
        // Who shows it watches it: it may hold a hundred thousand people.
        found.seen.delete(folder);
        found.datasets.push(folder);
      } else {
        for (const [person, state] of people) found.seen.set(person, state);
        next.push(...inside);
      }
    }
    level = next;
  }
  return found;
}
