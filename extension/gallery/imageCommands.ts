import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { excludeImages as exclude, moveImagesToPerson, wrongPerson as isWrong } from '../datasets/imageActions';
import type { DatasetServices } from '../datasets/datasetServices';
import { pathOf } from '../inputs/targets';
import { galleryPage } from './galleryPanel';

/**
 * The images that a command is about: `{ paths }` with absolute ones, a row of the tree, or what is chosen in the gallery
 * that has the focus. @throws UserError where there is none
 */
function imagesOf({ panels }: DatasetServices, argument: unknown): readonly string[] {
  const { paths } = (argument ?? {}) as { paths?: unknown };
  if (Array.isArray(paths)) return paths.filter((path) => typeof path === 'string');
  const path = pathOf(argument, 'path');
  if (path !== undefined) return [path];
  const chosen = panels.active(galleryPage)?.chosenImages ?? [];
  if (chosen.length > 0) return chosen;
  throw new UserError(vscode.l10n.t('No image is chosen.'), vscode.l10n.t('Choose images in a gallery first.'));
}

/** Takes images out of their dataset, into a folder beside it. Resolves to those that are gone from it. */
export async function excludeImages(services: DatasetServices, argument?: unknown): Promise<string[]> {
  return exclude(services, imagesOf(services, argument));
}

/** Gives images to another person, who is asked for unless `person` names one. Resolves to those that were moved. */
export async function moveImages(services: DatasetServices, argument?: unknown): Promise<string[]> {
  const { person } = (argument ?? {}) as { person?: unknown };
  const to = typeof person === 'string' ? person : undefined;
  return moveImagesToPerson(services, imagesOf(services, argument), to);
}

/** Asks who images show really, and moves them there. Resolves to those that were moved. */
export async function wrongPerson(services: DatasetServices, argument?: unknown): Promise<string[]> {
  return isWrong(services, imagesOf(services, argument));
}

/** Moves back what was moved last in this window. Resolves to the number of images. */
export async function undoImages({ imageMoves }: DatasetServices): Promise<number> {
  return imageMoves.undoLast();
}
