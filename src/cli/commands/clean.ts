import { join, resolve } from 'node:path';
import type { ArgumentParser } from 'argparse';
import { cleanableFiles, deleteFiles, moveFiles } from '../../dataset/clean';
import { indexFile, indexFolderOf, openDataset, makeIndexHome } from '../../dataset/datasetIndex';
import { ImageFacts } from '../../dataset/imageFacts';
import { describeSize, inspectDataset } from '../../dataset/inspect';
import { namesOfLfw, overlapProblems } from '../../dataset/lfwOverlap';
import { cleanableKinds, describeProblem, problemMessage } from '../../dataset/problems';
import { UserError } from '../../protocol/errors';
import type { Problem } from '../../protocol/problem';
import { type Command, type CommandContext, type CommandOptions, printJson } from '../command';

function configure(parser: ArgumentParser): void {
  parser.add_argument('dir', { metavar: 'DIR', help: 'dataset: one folder of images per person' });
  const action = parser.add_mutually_exclusive_group();
  action.add_argument('--move', { metavar: 'TO', help: 'move files that are not readable images to this folder' });
  action.add_argument('--delete', { action: 'store_true', help: 'delete files that are not readable images' });
  parser.add_argument('--duplicates', {
    action: 'store_true',
    help: 'with --move or --delete: also all copies of an image but the first; else they are only listed',
  });
  parser.add_argument('--lfw', {
    metavar: 'PATH',
    help: 'LFW folder or pairs file: report people who are in there too',
  });
  parser.add_argument('--min_size', {
    type: 'int',
    default: 20,
    help: 'report images with a shorter edge than this many pixels (default: 20)',
  });
  parser.add_argument('--json', { action: 'store_true', help: 'print the problems as one JSON array' });
}

async function run(options: CommandOptions, { output, signal, cwd }: CommandContext): Promise<number> {
  const { dir, move, delete: remove, min_size: minSize, json, lfw, duplicates } = options as object as CleanOptions;
  if (minSize < 0) throw new UserError(`--min_size ${minSize} is negative.`, 'Give a number of pixels, 0 or more.');
  const root = resolve(cwd, dir);
  const lfwNames = lfw === undefined ? [] : await namesOfLfw(resolve(cwd, lfw));
  const index = indexFolderOf(join(cwd, '.facenet'), root);
  const onProgress = (done: number, total: number): void => output.progress(`Listing people: ${done} of ${total}`);
  await makeIndexHome(index);
  const { dataset, notes } = await openDataset(root, { index, signal, onProgress });
  const facts = new ImageFacts(index === undefined ? undefined : indexFile(index, root, 'facts'));
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
  if (move !== undefined) {
    const target = resolve(cwd, move);
    const moved = await moveFiles(root, files, target);
    if (!json) output.line(`Moved ${count(moved.length)} to ${target}.`);
  } else if (remove) {
    const deleted = await deleteFiles(files);
    if (!json) output.line(`Deleted ${count(deleted.length)}.`);
  } else if (files.length > 0 && !json) {
    output.line(
      `Nothing was changed; --move TO or --delete takes away the ${count(files.length)} that cannot be used.`,
    );
  }
  return 0;
}

interface CleanOptions {
  dir: string;
  move?: string;
  delete: boolean;
  duplicates: boolean;
  lfw?: string;
  min_size: number;
  json: boolean;
}

function count(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
}

function summary(size: string, unusable: number, others: number, ignored: number): string {
  const left = ignored === 0 ? '' : `; ${count(ignored)} of the system left out`;
  return `${size}; ${count(unusable)} unusable, ${others} other remarks${left}.`;
}

export const command: Command = {
  name: 'clean',
  summary: 'List what is not an image in a data set; move it away or delete it.',
  configure,
  run,
};
