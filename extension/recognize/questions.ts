// What is asked of the user for a tab.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import type { GalleryHeader } from '../../src/protocol/gallery';
import { modelTitle } from '../../src/protocol/modelTitle';
import { browseFile, browseFolder, pickModel } from '../inputs/pickers';
import type { Services } from '../services';
import { nameInChoice, shownChoice } from '../shown';
import { placeOf, workspaceRoot } from '../workspace/library';
import { type FoundGallery, findGalleries } from '../workspace/galleries';

/** The only one of `galleries`, by default all of the workspace, or the one that is chosen. @throws UserError where there is none */
export async function galleryToCompareWith(among?: FoundGallery[]): Promise<string | undefined> {
  const galleries = among ?? (await findGalleries());
  if (galleries.length === 1) return galleries[0]!.path;
  if (galleries.length === 0)
    throw new UserError(
      vscode.l10n.t('There is no gallery in this workspace: nobody is enrolled whom a face could be compared with.'),
      vscode.l10n.t('Enrol the people of a dataset first: Enrol People… in the Datasets view.'),
    );
  return chooseGallery(galleries);
}

/** One of the galleries of the workspace, or any file. */
async function chooseGallery(galleries: FoundGallery[]): Promise<string | undefined> {
  const title = vscode.l10n.t('Recognize');
  const choices = [
    ...galleries.map(({ path, header }) => ({
      label: nameInChoice(basename(path)),
      description: [modelTitle(header.model), ...placeOf(path)].join(' · '),
      value: path,
    })),
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a file…')}`, alwaysShow: true, value: undefined },
  ];
  const placeHolder = vscode.l10n.t('Gallery of the people to compare with');
  const chosen = await vscode.window.showQuickPick(choices.map(shownChoice), {
    ...{ title, placeHolder, ignoreFocusOut: true },
  });
  if (chosen === undefined) return undefined;
  return chosen.value ?? browseFile(title, { [vscode.l10n.t('Gallery')]: ['gallery'] });
}

/** What a tab asks. */
export const questions = {
  gallery: async (): Promise<string | undefined> => chooseGallery(await findGalleries()),
  folder: async (): Promise<string[]> => {
    const folder = await browseFolder(vscode.l10n.t('Open Folder'), vscode.l10n.t('Open'));
    return folder === undefined ? [] : [folder];
  },
  photographs: async (title: string): Promise<string[]> => {
    const root = workspaceRoot();
    const chosen = await vscode.window.showOpenDialog({
      title,
      canSelectMany: true,
      filters: { [vscode.l10n.t('Images')]: ['jpg', 'jpeg', 'png', 'webp', 'bmp', 'tif', 'tiff'] },
      ...(root !== undefined && { defaultUri: vscode.Uri.file(root) }),
    });
    return (chosen ?? []).map(({ fsPath }) => fsPath);
  },
};

/** The model of a gallery whose name no model of the workspace has. */
export async function askForModel(
  needs: Pick<Services, 'library' | 'runs'>,
  header: GalleryHeader,
): Promise<string | undefined> {
  const placeHolder = vscode.l10n.t('The model that the gallery was made with: {0}', modelTitle(header.model));
  return pickModel(needs.library, needs.runs, vscode.l10n.t('Recognize'), placeHolder);
}
