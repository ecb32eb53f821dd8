// A model for other programs: its file, what is known of it, and what half precision has done to it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Model } from '../checkpoint/model';
import { workbenchVersion } from '../engine/installation';
import { writeFileAtomic } from '../files/atomicFile';
import { requireFree } from '../files/requireFree';
import { describe } from '../network/describe';
import { networkByName } from '../network/registry';
import { elementCount } from '../network/tensor';
import { UserError } from '../protocol/errors';
import type { ExportFormat } from '../protocol/exportFormat';
import type { LfwConfig } from '../protocol/trainConfig';
import type { EmbedOptions } from '../recognize/embedder';
import { measureHalf, type HalfDifference } from './halfDifference';
import { requireKerasLayers } from './kerasWeights';
import { modelCard } from './modelCard';
import { factsOf } from './modelFacts';
import { requireFreeTarget, writeModel, type ExportedOutput } from './writeModel';

export interface ExportRequest {
  format: ExportFormat;
  /** The file; of TensorFlow.js the folder. */
  path: string;
  output: ExportedOutput;
  /** Kernels and matrices in half precision; what that changes is measured on `faces`, `lfw` or noise. */
  half: boolean;
  /** Folder of aligned faces. */
  faces?: string;
  lfw?: LfwConfig;
  /** A model card is written beside it. */
  card: boolean;
  force: boolean;
}

export interface Exported {
  files: string[];
  /** Its path, where one was written. */
  card?: string;
  half?: HalfDifference;
}

/** Where the card of an export lies: in a model's folder, or beside its file. */
function cardPath({ format, path }: Pick<ExportRequest, 'format' | 'path'>): string {
  return format === 'tfjs' ? join(path, 'model-card.md') : `${path}.md`;
}

/**
 * Writes a model in a format of other programs, with a card that tells what it is.
 * @throws UserError where the network is unknown or the format cannot hold it, and where a file is there that may not be
 * replaced; StoppedError once the signal is aborted
 */
export async function exportModel(
  model: Model,
  request: ExportRequest,
  options: Pick<EmbedOptions, 'signal' | 'onProgress'> = {},
): Promise<Exported> {
  const { format, path, output, half, card, force } = request;
  if (model.network === undefined) {
    throw new UserError(`${model.path} holds no network that is known here.`, 'Give a model of a known network.');
  }
  await requireFreeTarget(request);
  if (card) await requireFree(cardPath(request), force, 'model-card.md');
  const network = networkByName(model.network, { embeddingSize: model.embeddingSize });
  // Before anything is measured.
  if (format === 'keras') requireKerasLayers(network);
  const { variables } = describe(network);
  const weights = await model.readAll(variables.map(({ name }) => name));
  const { recipe } = model;
  const metadata = {
    model: model.name,
    ...(model.step !== undefined && { step: String(model.step) }),
    network: network.name,
    embeddingSize: String(network.embeddingSize),
    imageSize: String(recipe.imageSize),
    standardization: recipe.standardization,
    alignment: recipe.alignment,
    ...(recipe.chip !== undefined && { chip: recipe.chip }),
  };
  const { imageSize } = recipe;
  const difference = half
    ? await measureHalf({ model, network, weights, recipe }, format, request, options)
    : undefined;
  const files = await writeModel(network, weights, { format, path, output, half, force, imageSize, metadata });
  const exported: Exported = { files, ...(difference !== undefined && { half: difference }) };
  if (!card) return exported;
  const subject = {
    facts: await factsOf(model),
    parameters: variables.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    files: await Promise.all(files.map(describeFile)),
    writtenAt: new Date(),
    version: workbenchVersion(),
    ...{ network, format, output, recipe, half: difference },
  };
  await writeFileAtomic(cardPath(request), modelCard(subject));
  return { ...exported, card: cardPath(request) };
}

async function describeFile(path: string): Promise<{ name: string; bytes: number; sha256: string }> {
  const bytes = await readFile(path);
  return { name: basename(path), bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
