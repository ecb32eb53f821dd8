import { UserError } from '../../src/protocol/errors';
import * as vscode from 'vscode';
import {
  excludeImages as exclude,
  type ImagesMoved,
  moveImagesToPerson,
  wrongPerson as isWrong,
} from '../datasets/imageActions';
import type { DatasetServices } from '../datasets/datasetServices';
import { pathOf } from '../inputs/targets';

/**
 * The images that a command is about: `{ paths }` with absolute ones, a row of the tree, or what is chosen in the gallery
 * that has the focus. @throws UserError where there is none
 */
function imagesOf(argument: unknown): string[] {
  const { paths } = (argument ?? {}) as { paths?: unknown };
  if (Array.isArray(paths)) return paths.filter((path) => typeof path === 'string');
  const path = pathOf(argument, 'path');
  if (path !== undefined) return [path];
  throw new UserError(vscode.l10n.t('No image is chosen.'), vscode.l10n.t('Choose images in a gallery first.'));
}

/** Takes images out of their dataset, into a folder beside it. Resolves to those that are gone from it. */
export async function excludeImages(services: DatasetServices, argument?: unknown): Promise<string[]> {
  return filesOf(await exclude(services, imagesOf(argument)));
}

/** Gives images to another person, who is asked for unless `person` names one. Resolves to those that were moved. */
export async function moveImages(services: DatasetServices, argument?: unknown): Promise<string[]> {
  const { person } = (argument ?? {}) as { person?: unknown };
  const to = typeof person === 'string' ? person : undefined;
  return filesOf(await moveImagesToPerson(services, imagesOf(argument), to));
}

/** Asks who images show really, and moves them there. Resolves to those that were moved. */
export async function wrongPerson(services: DatasetServices, argument?: unknown): Promise<string[]> {
  return filesOf(await isWrong(services, imagesOf(argument)));
}

function filesOf(moved: ImagesMoved | undefined): string[] {
  return [...(moved?.files ?? [])];
}
