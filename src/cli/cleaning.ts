// What `clean` says of a dataset and takes away from it, by one process or by the last of several.
import { cleanableFiles, deleteFiles, moveFiles } from '../dataset/clean';
import { type OpenedDataset, indexFile, indexFolderOf, makeIndexHome, openDataset } from '../dataset/datasetIndex';
import { ImageFacts } from '../dataset/imageFacts';
import { describeSize, inspectDataset } from '../dataset/inspect';
import { namesOfLfw, overlapProblems } from '../dataset/lfwOverlap';
import { cleanableKinds, describeProblem, problemMessage } from '../dataset/problems';
import type { Problem } from '../protocol/problem';
import { type CommandContext, printJson } from './command';

/** What is asked of a cleaning; paths are absolute. */
export interface Cleaning {
  dataset: string;
  /** Folder in which the index and what was seen of the images are kept: `.facenet`. */
  home: string;
  minSize: number;
  lfw?: string | undefined;
  duplicates: boolean;
  move?: string | undefined;
  delete: boolean;
  json: boolean;
}

type Shown = Pick<CommandContext, 'output' | 'signal'>;

/** File of what was seen of the images; undefined where it would lie in the dataset. */
export function factsOf({ home, dataset }: Pick<Cleaning, 'home' | 'dataset'>): string | undefined {
  const index = indexFolderOf(home, dataset);
  return index === undefined ? undefined : indexFile(index, dataset, 'facts');
}

/** Lists the dataset. @throws as openDataset does */
export async function listDataset({ home, dataset }: Cleaning, { output, signal }: Shown): Promise<OpenedDataset> {
  const index = indexFolderOf(home, dataset);
  await makeIndexHome(index);
  const onProgress = (done: number, total: number): void => output.progress(`Listing people: ${done} of ${total}`);
  return openDataset(dataset, { index, signal, onProgress });
}

/** Looks at all images that nothing is known of, tells what is wrong, and takes away what was asked for. */
export async function cleanDataset(cleaning: Cleaning, shown: Shown): Promise<void> {
  const { output, signal } = shown;
  const { dataset: root, minSize, json, duplicates } = cleaning;
  const lfwNames = cleaning.lfw === undefined ? [] : await namesOfLfw(cleaning.lfw);
  const { dataset, notes } = await listDataset(cleaning, shown);
  const facts = new ImageFacts(factsOf(cleaning));
  const names = dataset.people.map(({ name }) => name);
  const looked = await inspectDataset(dataset, {
    ...{ minSize, facts, signal },
    onProgress: (done, total) => output.progress(`Looking at images: ${done} of ${total}`),
  });
  for (const note of [...notes, ...facts.notes]) output.problem(note);
  const overlap = overlapProblems(root, names, lfwNames);
  const problems: Iterable<Problem> = {
    *[Symbol.iterator]() {
      yield* overlap;
      yield* looked;
    },
  };
  const files = cleanableFiles(problems, duplicates);
  if (json) {
    const answer: (Problem & { message: string })[] = Array.from(problems, (problem) => ({
      ...problem,
      message: problemMessage(problem),
    }));
    printJson(output, answer);
  } else {
    let unusable = 0;
    for (const problem of problems) {
      output.line(`${problem.kind}: ${describeProblem(problem)}`);
      if (cleanableKinds.has(problem.kind)) unusable++;
    }
    const others = overlap.length + looked.length - unusable;
    output.line(summary(describeSize(dataset), unusable, others, dataset.ignored));
  }
  await takeAway(cleaning, files, shown);
}

async function takeAway(
  { dataset, move, delete: remove, json }: Cleaning,
  files: readonly string[],
  { output }: Shown,
): Promise<void> {
  if (move !== undefined) {
    const moved = await moveFiles(dataset, files, move);
    if (!json) output.line(`Moved ${count(moved.length)} to ${move}.`);
  } else if (remove) {
    const deleted = await deleteFiles(files);
    if (!json) output.line(`Deleted ${count(deleted.length)}.`);
  } else if (files.length > 0 && !json) {
    output.line(
      `Nothing was changed; --move TO or --delete takes away the ${count(files.length)} that cannot be used.`,
    );
  }
}

function count(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
}

function summary(size: string, unusable: number, others: number, ignored: number): string {
  const left = ignored === 0 ? '' : `; ${count(ignored)} of the system left out`;
  return `${size}; ${count(unusable)} unusable, ${others} other remarks${left}.`;
}
