import * as vscode from 'vscode';
import { pickDataset } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { galleryPage } from './galleryPanel';

/** Opens the pictures of a dataset, or of a person's row, in a tab. Resolves to the number of pictures. */
export async function showGallery({ library, panels }: Services, argument?: unknown): Promise<number | undefined> {
  const person = (argument as { person?: { name?: unknown } } | undefined)?.person?.name;
  const typed =
    pathOf(argument, 'path', 'dataset') ??
    (await pickDataset(library, vscode.l10n.t('Show Gallery'), vscode.l10n.t('Dataset to look at')));
  if (typed === undefined || typed === null) return undefined;
  const one = typeof person === 'string' ? { person } : {};
  const panel = await panels.show(galleryPage, { kind: 'gallery', dataset: expand(typed), ...one });
  return panel.images.length;
}
