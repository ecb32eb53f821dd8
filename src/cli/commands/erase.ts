import type { ArgumentParser } from 'argparse';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Discarded } from '../../files/trash';
import { planErasure } from '../../erase/erasure';
import type { ErasureOutcome, ErasurePlan } from '../../protocol/erasure';
import { throwIfStopped } from '../../protocol/errors';
import { timeStamp } from '../../run/runFolder';
import { erasureRemainders, erasureStepInWords } from '../../words/erasureWords';
import { type Command, type CommandContext, type CommandOptions, printJson } from '../command';

function configure(parser: ArgumentParser): void {
  parser.add_argument('person', { metavar: 'PERSON', help: 'name of their folder in a dataset: Ada_Lovelace' });
  parser.add_argument('folders', {
    metavar: 'FOLDER',
    nargs: '*',
    help: 'datasets, or folders with datasets and runs, to look in (default: the current folder)',
  });
  parser.add_argument('--yes', { action: 'store_true', help: 'do it without asking' });
  parser.add_argument('--to', { metavar: 'FOLDER', help: 'move their images to this folder, not to the trash' });
  parser.add_argument('--home', {
    metavar: 'FOLDER',
    action: 'append',
    default: [],
    help: 'also what a window keeps of datasets in this folder; may be given several times',
  });
  parser.add_argument('--json', {
    action: 'store_true',
    help: 'print the plan, or with --yes what was done, as JSON',
  });
}

interface EraseOptions {
  person: string;
  folders: string[];
  yes: boolean;
  to?: string;
  home: string[];
  json: boolean;
}

async function run(options: CommandOptions, { output, signal, cwd }: CommandContext): Promise<number> {
  const { person, folders, yes, to, home, json } = options as object as EraseOptions;
  const erasure = await planErasure({
    person,
    folders: folders.length === 0 ? [cwd] : folders.map((folder) => resolve(cwd, folder)),
    homes: home.map((folder) => resolve(cwd, folder)),
    signal,
  });
  const { plan } = erasure;
  const placeOf = (path: string): string => placeIn(cwd, path);
  if (!json) for (const line of planInWords(plan, placeOf)) output.line(line);
  if (plan.steps.length === 0) {
    if (json) printJson(output, yes ? ({ ...plan, moved: [] } satisfies ErasureOutcome) : plan);
    return 0;
  }
  if (!yes && (json || !(await isMeant(plan, signal)))) {
    if (json) printJson(output, plan);
    else output.line('Nothing was changed; --yes does it without asking.');
    return 0;
  }
  const otherwise = to === undefined ? join(cwd, '.facenet', 'erased', timeStamp(new Date())) : resolve(cwd, to);
  const moved = await erasure.carryOut({
    otherwise,
    onlyFolder: to !== undefined,
    signal,
    onDone: (step, where) => {
      if (!json) output.line(`done: ${erasureStepInWords(step, placeOf(step.path))}${whereInWords(where, placeOf)}`);
    },
  });
  if (json) printJson(output, { ...plan, steps: erasure.done(), moved } satisfies ErasureOutcome);
  else output.line(`${plan.person} was erased.`);
  return 0;
}

function planInWords(plan: ErasurePlan, placeOf: (path: string) => string): string[] {
  const { person, steps } = plan;
  const head = steps.length === 0 ? `Nothing of ${person} is left to erase.` : `To erase ${person}, in this order:`;
  return [
    head,
    ...steps.map((step) => `  ${erasureStepInWords(step, placeOf(step.path))}`),
    ...erasureRemainders(plan, placeOf).flatMap(({ heading, lines }) => [heading, ...lines.map((line) => `  ${line}`)]),
  ];
}

function whereInWords(where: Discarded | undefined, placeOf: (path: string) => string): string {
  if (where === undefined) return '';
  return where.trash ? ' (in the trash)' : ` (in ${placeOf(where.to)})`;
}

/** A path as it is read best: relative where it lies in the folder. */
function placeIn(cwd: string, path: string): string {
  const way = relative(cwd, path);
  return way === '' || way.startsWith('..') || isAbsolute(way) ? path : way;
}

/** Asks in a terminal; without one nobody can answer. */
async function isMeant({ person }: ErasurePlan, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`Erase ${person}? [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    throwIfStopped(signal);
    throw error;
  } finally {
    terminal.close();
  }
}

export const command: Command = {
  name: 'erase',
  summary: 'Take a person out of datasets, caches and lists, to the trash; tell which checkpoints know them.',
  configure,
  run,
};
