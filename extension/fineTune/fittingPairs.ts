// Which pairs files of the workspace a training could be measured on.
import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { chipOf } from '../../src/protocol/chip';
import { readAlignmentRecord } from '../../src/align/alignmentRecord';
import { namedAmong } from '../../src/dataset/lfwOverlap';
import { parsePairs } from '../../src/dataset/pairsFormat';
import { type Dataset, listPeople } from '../../src/dataset/scan';
import { expand, type Library } from '../workspace/library';

export interface FittingPairs {
  file: string;
  /** Aligned faces in which the people of the pairs are. */
  dir: string;
  /** As the file says; absent where it does not. */
  folds?: number;
  pairs: number;
  /** People of the training who are on them. */
  trained: number;
  /** They can be left out without taking much of the training. */
  mayExclude: boolean;
}

/** More files, and larger ones, are not looked through for a suggestion. */
const [mostFiles, largestBytes] = [20, 8 << 20];
/** A pairs file fits a folder that has so many of its people: some photographs have no face that was found. */
const enoughPeople = 0.95;

/** A pairs file of people: `trained` of the dataset can be left out where three quarters of its people stay. */
function mayExclude(trained: number, people: number): boolean {
  return people - trained >= Math.max(2, 0.75 * people);
}

/** Whether all people of a dataset are on one pairs file: then it is there to measure on. */
export async function isOnPairs(people: readonly string[]): Promise<boolean> {
  for (const { fsPath } of await pairsFiles()) {
    const names = new Set((await readNames(fsPath))?.names);
    if (people.filter((name) => names.has(name)).length >= enoughPeople * people.length) return true;
  }
  return false;
}

async function pairsFiles(): Promise<vscode.Uri[]> {
  return vscode.workspace.findFiles('**/*pairs*.txt', '**/{node_modules,.facenet}/**', mostFiles);
}

/** The pairs files of the workspace whose people exist in a dataset that was cut as the training's, strangers first. */
export async function fittingPairs(library: Library, dataset: Dataset): Promise<FittingPairs[]> {
  const found = await pairsFiles();
  const setting = vscode.workspace.getConfiguration('facenet').get<string>('lfw', '');
  const dirs = [...(await library.datasets()).map(({ path }) => path), ...(setting === '' ? [] : [expand(setting)])];
  const cut = await cutOf(dataset.root);
  const alike = await Promise.all([...new Set(dirs)].map(async (dir) => ((await cutOf(dir)) === cut ? [dir] : [])));
  const people = new Map<string, ReadonlySet<string>>();
  for (const dir of alike.flat()) people.set(dir, new Set(await listPeople(dir).catch(() => [])));
  const isTrained = namedAmong(dataset.people.map(({ name }) => name));
  const fitting: FittingPairs[] = [];
  for (const { fsPath: file } of found.sort((a, b) => (a.fsPath < b.fsPath ? -1 : 1))) {
    const read = await readNames(file);
    if (read === undefined) continue;
    // Of folders that fit alike another one than the training's: its people are strangers to it.
    const dir = [...people]
      .filter(([, names]) => read.names.filter((name) => names.has(name)).length >= enoughPeople * read.names.length)
      .map(([path]) => path)
      .sort((a, b) => Number(a === dataset.root) - Number(b === dataset.root))[0];
    if (dir === undefined) continue;
    const trained = read.names.filter(isTrained).length;
    const { folds, pairs } = read;
    fitting.push({
      ...{ file, dir, pairs, trained, mayExclude: mayExclude(trained, dataset.people.length) },
      ...(folds !== undefined && folds >= 2 && { folds }),
    });
  }
  return fitting.sort((a, b) => a.trained - b.trained || b.pairs - a.pairs);
}

/** How faces were cut out, in a word; '' where the folder does not say. */
async function cutOf(dir: string): Promise<string> {
  const record = await readAlignmentRecord(dir).catch(() => undefined);
  return record === undefined ? '' : [record.alignment, chipOf(record), record.imageSize].join(' ');
}

/** The people of a pairs file; undefined where it is none, or a large one. */
async function readNames(file: string): Promise<{ names: string[]; pairs: number; folds?: number } | undefined> {
  const status = await stat(file).catch(() => undefined);
  if (status === undefined || status.size > largestBytes) return undefined;
  const { pairs, folds } = parsePairs(await readFile(file, 'utf8').catch(() => ''));
  if (pairs.length === 0) return undefined;
  const names = [...new Set(pairs.flatMap(({ a, b }) => [a.name, b.name]))];
  return { names, pairs: pairs.length, ...(folds !== undefined && { folds }) };
}
