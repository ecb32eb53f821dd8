// Galleries and classifiers, which say who somebody is by the embeddings of one model, below that model.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { GalleryHeader } from '../../src/protocol/gallery';
import { modelTitle } from '../../src/protocol/modelTitle';
import { commandIds, nodeKinds } from '../identifiers';
import type { RunStore } from '../jobs/runStore';
import { shownRow } from '../shown';
import { type ClassifierHeader, findClassifiers } from '../workspace/classifiers';
import { findGalleries } from '../workspace/galleries';
import { type Library, placeOf } from '../workspace/library';

export type FoundRecognizer =
  | { kind: 'gallery'; path: string; header: GalleryHeader }
  | { kind: 'classifier'; path: string; header: ClassifierHeader };

/** Those of the workspace, with the model of it that each was made with; undefined where it is not here. */
export async function findRecognizers(
  library: Library,
  runs: RunStore,
): Promise<(FoundRecognizer & { madeWith: string | undefined })[]> {
  const [galleries, classifiers] = await Promise.all([findGalleries(), findClassifiers()]);
  const found: FoundRecognizer[] = [
    ...galleries.map((gallery) => ({ kind: 'gallery' as const, ...gallery })),
    ...classifiers.map((classifier) => ({ kind: 'classifier' as const, ...classifier })),
  ];
  if (found.length === 0) return [];
  const { modelOfGallery } = await import('../jobs/modelOfGallery');
  return Promise.all(
    found.map(async (each) => ({ ...each, madeWith: await modelOfGallery({ library, runs }, each.header) })),
  );
}

/** A click compares photographs with a gallery, or names the faces of a folder with a classifier. */
export function recognizerItem(node: FoundRecognizer): vscode.TreeItem {
  const { path } = node;
  const model = modelTitle(node.header.model);
  const item = new vscode.TreeItem(basename(path), vscode.TreeItemCollapsibleState.None);
  item.id = path;
  const isGallery = node.kind === 'gallery';
  const kind = isGallery ? vscode.l10n.t('gallery') : vscode.l10n.t('classifier');
  item.description = [kind, ...placeOf(path)].join(' · ');
  const made = isGallery
    ? vscode.l10n.t('People enrolled with {0}', model)
    : vscode.l10n.t('People told apart by embeddings of {0}', model);
  item.tooltip = [path, made].join('\n');
  item.iconPath = new vscode.ThemeIcon(isGallery ? 'organization' : 'symbol-class');
  item.contextValue = isGallery ? nodeKinds.gallery : nodeKinds.classifier;
  item.command = isGallery
    ? { command: commandIds.recognize, title: vscode.l10n.t('Recognize'), arguments: [{ gallery: path }] }
    : {
        command: commandIds.classifyFolder,
        title: vscode.l10n.t('Classify Folder'),
        arguments: [{ classifier: path }],
      };
  return shownRow(item);
}
