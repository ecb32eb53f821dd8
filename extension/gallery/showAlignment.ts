import * as vscode from 'vscode';
import { pickDataset } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { alignmentPage } from './alignmentPanel';

/** Opens what an alignment has found, and what it has not, in a tab. Resolves to the number of photographs worth a look. */
export async function showAlignment({ library, panels }: Services, argument?: unknown): Promise<number | undefined> {
  const typed =
    pathOf(argument, 'path', 'dataset') ??
    (await pickDataset(library, vscode.l10n.t('Show Alignment'), vscode.l10n.t('Faces to look at'), {
      first: 'faces',
    }));
  if (typed === undefined || typed === null) return undefined;
  const panel = await panels.show(alignmentPage, { kind: 'alignment', folder: expand(typed) });
  return panel.images.length;
}
