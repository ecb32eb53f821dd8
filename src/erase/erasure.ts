// A person is taken out of everything that is kept of them; what has learned from them is told.
import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { linesOfPerson } from '../align/forgetPhotographs';
import { digestOf } from '../dataset/digestTable';
import { filesOfPerson } from '../dataset/forgetPerson';
import { NearestNames } from '../dataset/nearestName';
import { listImages, listPeople, personFolder } from '../dataset/scan';
import { isInside } from '../files/insideFolder';
import { type Discarded, throwAway } from '../files/trash';
import type { ErasurePlan, ErasureStep } from '../protocol/erasure';
import { UserError, describeError, throwIfStopped } from '../protocol/errors';
import { isActive } from '../protocol/runRules';
import type { ListedRun } from '../run/runList';
import { cacheFolder, filledFolder, isOfRun } from '../train/data/cacheFolder';
import { keptOfImages } from '../train/data/forgetActivations';
import { recognizersOf } from './recognizers';
import { checkpointsTrainedWith, filesNaming } from './trainedWith';
import { datasetsOf, indexesThatMayKnow, type Places, placesToLook } from './whereToLook';

export interface ErasureRequest {
  /** Name of the folder; spaces stand for underscores where there is no such folder. */
  person: string;
  /** Absolute; looked through for datasets and runs. */
  folders: readonly string[];
  /** Further folders like a `.facenet`. */
  homes?: readonly string[];
  signal?: AbortSignal;
}

export interface CarryOutOptions {
  /** Folder for what cannot go to the trash. */
  otherwise: string;
  /** Uses that folder though there is a trash. */
  onlyFolder?: boolean;
  /** Called after each step. */
  onDone?: (step: ErasureStep, moved: Discarded | undefined) => void;
  signal?: AbortSignal;
}

/** What is to be done, and the doing of it. */
export interface Erasure {
  plan: ErasurePlan;
  /** The steps as they were done, where that is known by now. */
  done: () => ErasureStep[];
  /**
   * Does the steps in their order. Their photographs come last, as everything else is found by them: after an interruption
   * the same erasure is planned and done again, and goes on with what is left.
   * @throws UserError telling what was done before; StoppedError between two steps
   */
  carryOut: (options: CarryOutOptions) => Promise<Discarded[]>;
}

interface Step {
  /** What is planned; once it is done, what was. */
  told: ErasureStep;
  do(options: CarryOutOptions): Promise<Discarded | undefined>;
}

/**
 * Looks for a person in datasets, aligned sets, what was taken out of these, activation caches and indexes; nothing is
 * changed.
 * @throws UserError where nobody is called so, or a job is at work on one of the datasets
 */
export async function planErasure({ person: typed, folders, homes = [], signal }: ErasureRequest): Promise<Erasure> {
  requireName(typed);
  const places = await placesToLook(folders, homes);
  const people = new Map<string, readonly string[]>();
  for (const dataset of places.datasets) people.set(dataset, await listPeople(dataset).catch(() => []));
  const known = new Set([...people.values()].flat());
  const person = known.has(typed) ? typed : typed.replaceAll(' ', '_');
  const theirs = places.datasets.filter((dataset) => people.get(dataset)!.includes(person));
  const aligned = await linesIn(places, person);
  requireQuiet(places, [...theirs, ...aligned.map(({ dataset }) => dataset)]);
  throwIfStopped(signal);
  const steps = [
    ...(await recognizersIn(places, person)),
    ...(await activationsOf(places, theirs, person, signal)),
    ...(await indexesOf(places, person)),
    ...aligned.map(({ step }) => step),
    ...(await foldersOf(theirs, person)),
  ];
  const plan: ErasurePlan = {
    person,
    steps: steps.map(({ told }) => told),
    checkpoints: await checkpointsTrainedWith(places.runs, person),
    naming: await filesNaming(places.runs, person),
  };
  if (plan.steps.length + plan.checkpoints.length + plan.naming.length === 0) throw nobody(typed, known, places);
  return {
    plan,
    done: () => steps.map(({ told }) => told),
    carryOut: async (options) => carryOut(steps, options),
  };
}

async function carryOut(steps: readonly Step[], options: CarryOutOptions): Promise<Discarded[]> {
  const moved: Discarded[] = [];
  for (const [done, step] of steps.entries()) {
    throwIfStopped(options.signal);
    let where: Discarded | undefined;
    try {
      where = await step.do(options);
    } catch (error) {
      const why =
        error instanceof UserError ? error.message : `${step.told.path} cannot be changed (${describeError(error)}).`;
      throw new UserError(
        `${why} ${done} of ${steps.length} steps were done before it, and stay done.`,
        'Mend that, then erase the same person again: it goes on with what is left.',
        { cause: error },
      );
    }
    if (where !== undefined) moved.push(where);
    options.onDone?.(step.told, where);
  }
  return moved;
}

function requireName(typed: string): void {
  if (typed !== '' && typed !== '.' && typed !== '..' && basename(typed) === typed && !/[\\/]/.test(typed)) return;
  throw new UserError(`"${typed}" is no name of a person.`, 'Name their folder as in a dataset: Ada_Lovelace.');
}

function nobody(typed: string, known: ReadonlySet<string>, { datasets }: Places): UserError {
  const near = new NearestNames().nearest(typed, known);
  const looked = datasets.filter((path) => !path.endsWith('_removed')).length;
  return new UserError(
    `Nobody is called ${typed} in the ${looked} ${looked === 1 ? 'dataset' : 'datasets'} here, nor in a run.`,
    near === undefined ? 'Name the folders to look in after the person.' : `Did you mean ${near}?`,
  );
}

/** @throws UserError where a job is at work on one of the datasets */
function requireQuiet({ runs }: Places, datasets: readonly string[]): void {
  for (const { record, name } of runs) {
    if (!isActive(record.state)) continue;
    const inUse = datasetsOf(record.request).some((used) =>
      datasets.some((dataset) => isInside(dataset, used) || isInside(used, dataset)),
    );
    if (inUse)
      throw new UserError(
        `${name} is ${record.state} and works with images of this person.`,
        'Stop it, or wait for its end.',
      );
  }
}

async function recognizersIn({ seen }: Places, person: string): Promise<Step[]> {
  return (await recognizersOf(seen, person)).map((recognizer): Step => {
    const { path } = recognizer;
    if (recognizer.kind === 'gallery') {
      const { faces, forget } = recognizer;
      return { told: { kind: 'gallery', path, faces }, do: async () => forget().then(() => undefined) };
    }
    const { told } = recognizer;
    const step: Step = {
      told,
      async do({ otherwise, onlyFolder = false, signal }) {
        const putAway = async (): Promise<Discarded> => throwAway(path, { otherwise, onlyFolder });
        if (told.refit === undefined) return putAway();
        // With the libraries that embed faces.
        const { refitClassifier } = await import('./refitClassifier');
        const { moved, away } = await refitClassifier(path, person, putAway, signal);
        if (away !== undefined) step.told = { kind: 'classifier', path, away };
        return moved;
      },
    };
    return step;
  });
}

async function activationsOf(
  { runs }: Places,
  datasets: readonly string[],
  person: string,
  signal: AbortSignal | undefined,
): Promise<Step[]> {
  const contents: Uint32Array[] = [];
  for (const dataset of datasets) {
    for (const image of await listImages(dataset, person)) {
      throwIfStopped(signal);
      // One that cannot be read has no activations.
      const bytes = await readFile(image).catch(() => undefined);
      if (bytes !== undefined) contents.push(digestOf(bytes));
    }
  }
  const steps: Step[] = [];
  const caches = new Set((await Promise.all(runs.map(cachesOf))).flat());
  for (const path of contents.length === 0 ? [] : caches) {
    const kept = await keptOfImages(path, contents);
    if (kept.rows === 0) continue;
    steps.push({
      told: { kind: 'activations', path, rows: kept.rows },
      do: async () => kept.forget().then(() => undefined),
    });
  }
  return steps;
}

/** Where a run and its ranks keep activations, and what was computed for it before it began, which is shared with others. */
async function cachesOf({ folder, record }: ListedRun): Promise<string[]> {
  const config = record.request.kind === 'train' ? (record.config ?? record.request.config) : undefined;
  const run = { runFolder: folder, runId: record.id };
  if (config?.activationCacheDir === undefined) return [cacheFolder({}, run)];
  // A run lies in .facenet/runs of the folder that its relative paths begin at.
  const activationCacheDir = resolve(folder, '..', '..', '..', config.activationCacheDir);
  const names = await readdir(activationCacheDir).catch((): string[] => []);
  const own = names.filter((name) => isOfRun(name, record.id));
  return [
    ...own.map((runId) => cacheFolder({ activationCacheDir }, { ...run, runId })),
    filledFolder(activationCacheDir),
  ];
}

async function indexesOf(places: Places, person: string): Promise<Step[]> {
  const steps = new Map<string, Step>();
  for (const dataset of places.datasets) {
    for (const indexes of indexesThatMayKnow(places, dataset)) {
      for (const { path, forget } of await filesOfPerson(indexes, dataset, person))
        steps.set(path, { told: { kind: 'index', path }, do: async () => forget().then(() => undefined) });
    }
  }
  return [...steps.values()];
}

async function linesIn({ datasets }: Places, person: string): Promise<{ dataset: string; step: Step }[]> {
  const steps: { dataset: string; step: Step }[] = [];
  for (const dataset of datasets) {
    for (const { path, lines, forget } of await linesOfPerson(dataset, person))
      steps.push({
        dataset,
        step: { told: { kind: 'lines', path, lines }, do: async () => forget().then(() => undefined) },
      });
  }
  return steps;
}

async function foldersOf(datasets: readonly string[], person: string): Promise<Step[]> {
  const steps: Step[] = [];
  for (const dataset of datasets) {
    const path = personFolder(dataset, person);
    const link = (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
    const images = await listImages(dataset, person).catch(() => []);
    steps.push({
      told: { kind: 'folder', path, images: images.length, ...(link !== undefined && { link }) },
      do: async ({ otherwise, onlyFolder = false }) =>
        throwAway(path, { otherwise: join(otherwise, basename(dataset)), onlyFolder }),
    });
  }
  return steps;
}
