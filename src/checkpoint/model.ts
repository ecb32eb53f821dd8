// One door to every kind of model file. Opening reads headers only; values are read when they are asked for.
import { open, readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { findClassifier } from '../network/classifiers';
import { describe } from '../network/describe';
import { identifyNetwork } from '../network/identify';
import { networkByName } from '../network/registry';
import { elementCount, type Tensor } from '../network/tensor';
import { UserError } from '../protocol/errors';
import type { NetworkName } from '../protocol/networkNames';
import type { Recipe } from '../protocol/recipe';
import { Bundle, isReadable } from './bundle';
import { refuseForeignFile } from './foreignFile';
import { openFrozenGraph } from './frozenGraph';
import { locateModel, stepOf } from './locateModel';
import { recipeOf } from './modelRecipe';
import { starterFolder, starterNetwork, starterWeights } from './starter';
import type { TensorInfo } from './tensorInfo';
import type { ValueReader } from './valueReader';

export interface Model {
  /** Absolute path of the file or prefix; `starter` for the starter model. */
  path: string;
  /** For people, e.g. `20180402-114759` or `starter`. */
  name: string;
  kind: 'checkpoint' | 'frozen-graph' | 'starter';
  /** Checkpoints only. */
  step?: number;
  prefix?: string;
  variables: TensorInfo[];
  /** Absent when the variables belong to no network that is known here. */
  network?: NetworkName;
  embeddingSize?: number;
  /** People of its classifier, when it has one. */
  classes?: number;
  recipe: Recipe;
  recipeSource: string;
  /** What has to be said of it: newer checkpoints of its folder that are damaged. */
  notes: readonly string[];
  /** Values of one variable as float32. @throws UserError when it is not there or its file is damaged. */
  read(name: string): Promise<Tensor>;
  /** Values of several variables, by default of all that hold numbers. */
  readAll(names?: readonly string[]): Promise<Map<string, Tensor>>;
  /** Holds the files against the header without reading values. @throws UserError when one is missing or cut off. */
  check(): Promise<void>;
  /** Values of one variable as doubles, for `global_step` and the like. */
  readDoubles(name: string): Promise<Float64Array>;
  /** Opens its file for reading many variables one by one; whoever opens it closes it. */
  openValues(): Promise<ValueReader>;
}

interface Values {
  openValues(): Promise<ValueReader>;
  readAll(names: readonly string[]): Promise<Map<string, Tensor>>;
  readDoubles(name: string): Promise<Float64Array>;
  checkDataFiles?(): Promise<void>;
}

/** A protocol buffer cannot be larger. */
const largestGraph = 2 ** 31;

/**
 * Opens a model directory, a checkpoint prefix, any file of a checkpoint, a frozen .pb, a run folder, or `starter`.
 * With `headerOnly` a checkpoint opens without its data file; reading values then says what is missing. Of a folder whose
 * newest checkpoint is damaged the newest that is whole is opened otherwise, with a note.
 *
 * @throws UserError when there is no model, a file is missing, cut off or damaged, or is something else.
 */
export async function openModel(path: string, { headerOnly = false }: { headerOnly?: boolean } = {}): Promise<Model> {
  const located = await locateModel(path);
  switch (located.kind) {
    case 'starter':
      return openStarter();
    case 'checkpoint':
      return headerOnly ? openCheckpoint(located.prefix, true) : openWhole(located.prefix, located.earlier ?? []);
    case 'frozen-graph':
      return openGraph(located.path);
  }
}

/** The first that is whole, of those that were saved one before the other. @throws UserError of the newest where none is */
async function openWhole(newest: string, earlier: readonly string[]): Promise<Model> {
  if (earlier.length === 0) return openCheckpoint(newest, false);
  const notes: string[] = [];
  let first: unknown;
  for (const prefix of [newest, ...earlier]) {
    try {
      await (await Bundle.open(prefix)).verify();
      return { ...(await openCheckpoint(prefix, false)), notes };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      first ??= error;
      notes.push(`The checkpoint ${basename(prefix)} is passed over for the one before it: ${error.message}`);
    }
  }
  throw first;
}

async function openCheckpoint(prefix: string, headerOnly: boolean): Promise<Model> {
  const bundle = await Bundle.open(prefix);
  if (!headerOnly) await bundle.checkDataFiles();
  const variables = bundle.entries.map(({ name, dtype, shape, size }): TensorInfo => ({
    name,
    dtype,
    shape,
    byteLength: size,
  }));
  const step = stepOf(prefix);
  const stem = basename(prefix)
    .replace(/\.ckpt(?:-\d+)?$/, '')
    .replace(/^model-/, '');
  const model = await modelOf({ path: prefix, name: stem, kind: 'checkpoint', variables, values: bundle });
  const readable = bundle.entries.filter(isReadable).map(({ name }) => name);
  return {
    ...model,
    prefix,
    ...(step === undefined ? {} : { step }),
    readAll: async (names) => bundle.readAll(names ?? readable),
  };
}

async function openGraph(path: string): Promise<Model> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new UserError(`${path} cannot be opened.`, 'Check that you may read it.', { cause });
  });
  let size: number;
  try {
    ({ size } = await file.stat());
    const head = Buffer.alloc(Math.min(size, 512));
    const tail = Buffer.alloc(Math.min(size, 48));
    await file.read(head, 0, head.length, 0);
    await file.read(tail, 0, tail.length, size - tail.length);
    refuseForeignFile(path, head, tail);
  } finally {
    await file.close();
  }
  if (basename(path) === 'saved_model.pb') {
    throw new UserError(
      `${path} belongs to a SavedModel whose variables are missing.`,
      'Copy its folder variables too, or give a frozen graph.',
    );
  }
  if (size >= largestGraph) throw new UserError(`${path} is too large for a graph (${size} bytes).`);
  const graph = await openFrozenGraph(path, await readFile(path));
  const name = basename(path).replace(/\.\w+$/, '');
  return modelOf({ path, name, kind: 'frozen-graph', variables: graph.variables, values: graph });
}

async function openStarter(): Promise<Model> {
  let weights: Promise<Map<string, Tensor>> | undefined;
  const load = async (): Promise<Map<string, Tensor>> => (weights ??= starterWeights());
  const variables = describe(starterNetwork()).variables.map(({ name, shape }): TensorInfo => ({
    name,
    dtype: 'float32',
    shape,
    byteLength: 4 * elementCount(shape),
  }));
  const readAll = async (names: readonly string[]): Promise<Map<string, Tensor>> => {
    const all = await load();
    return new Map(
      names.map((name) => {
        const tensor = all.get(name);
        if (tensor === undefined) throw new UserError(`The starter model has no variable ${name}.`);
        return [name, tensor];
      }),
    );
  };
  return modelOf({
    path: 'starter',
    name: 'starter',
    kind: 'starter',
    variables,
    values: {
      readAll,
      readDoubles: async (name) => Float64Array.from((await readAll([name])).get(name)!.data),
      openValues: async () => ({
        values: async (name) => (await readAll([name])).get(name)!.data,
        close: async () => undefined,
      }),
    },
  });
}

async function modelOf(given: {
  path: string;
  name: string;
  kind: Model['kind'];
  variables: TensorInfo[];
  values: Values;
}): Promise<Model> {
  const { path, name, kind, values } = given;
  const identified = identifyNetwork(given.variables);
  const stages = new Map<string, string>();
  if (identified !== undefined) {
    const network = networkByName(identified.name, { embeddingSize: identified.embeddingSize });
    const classifier = findClassifier(given.variables);
    const head = classifier === undefined ? [] : [classifier.stageFor(1)];
    for (const variable of describe(network, { head }).variables) stages.set(variable.name, variable.stage);
  }
  const variables = given.variables.map((variable) => {
    const stage = stages.get(variable.name);
    return stage === undefined ? variable : { ...variable, stage };
  });
  const directory = kind === 'starter' ? starterFolder() : dirname(resolve(path));
  const { recipe, recipeSource } = await recipeOf(directory, name, identified?.name);
  return {
    path,
    name,
    kind,
    variables,
    ...(identified === undefined
      ? {}
      : { network: identified.name, embeddingSize: identified.embeddingSize, classes: identified.classes }),
    recipe,
    recipeSource,
    notes: [],
    read: async (variable) => (await values.readAll([variable])).get(variable)!,
    readAll: async (names) => values.readAll(names ?? variables.map((variable) => variable.name)),
    check: async () => values.checkDataFiles?.(),
    readDoubles: async (variable) => values.readDoubles(variable),
    openValues: async () => values.openValues(),
  };
}
