import * as vscode from 'vscode';
import { isImageName } from '../../src/dataset/imageNames';
import { UserError } from '../../src/protocol/errors';
import { pickModel } from '../inputs/pickers';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { comparePage, requireRoom } from './comparePanel';
import { photographsMeant } from './photographsMeant';
import { questions } from './questions';

interface CompareFacesOptions {
  photographs: string[];
  model: string;
}

/**
 * Opens a tab in which the faces of two photographs or more are held against each other. Resolves to the number of faces
 * that were found, or undefined where a question was left.
 * @throws UserError for fewer than two photographs, and for more than the tab has room for
 */
export async function compareFaces(services: Services, argument?: unknown): Promise<number | undefined> {
  const { library, runs, panels } = services;
  const given = photographsMeant(argument);
  // One that a menu was opened on is compared with others, which are asked for.
  const others = given.length < 2 ? await questions.photographs(vscode.l10n.t('Compare Faces')) : [];
  if (given.length < 2 && others.length === 0) return undefined;
  const photographs = [...new Set([...given, ...others].map(expand))].filter(isImageName);
  if (photographs.length < 2) {
    throw new UserError(
      vscode.l10n.t('Fewer than two photographs were chosen: nothing can be compared.'),
      vscode.l10n.t('Select two or more in the Explorer, or choose several in the dialog.'),
    );
  }
  requireRoom(photographs.length);
  const { model: known } = (argument ?? {}) as Partial<CompareFacesOptions>;
  const chosen =
    (typeof known === 'string' ? known : undefined) ??
    (await pickModel(
      library,
      runs,
      vscode.l10n.t('Compare Faces'),
      vscode.l10n.t('Model whose embeddings are compared'),
    ));
  if (chosen === undefined) return undefined;
  const model = chosen === 'starter' ? chosen : expand(chosen);
  const panel = await panels.show(comparePage, { kind: 'compare', began: photographs, photographs, model });
  return panel.compared();
}
