// What can be done with a picture of a pair that is wrong: the same as in the gallery, with the same way back.
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { commandIds } from '../identifiers';

/**
 * Moves a picture beside its dataset. The next evaluation leaves its pairs out, and says so.
 * @throws UserError where it is not there any more
 */
export async function excludeImage(path: string): Promise<void> {
  requirePresent(path);
  await vscode.commands.executeCommand(commandIds.excludeImages, { paths: [path] });
}

/** Asks whom a picture shows, and moves it to that person. @throws UserError where it is not there any more */
export async function correctLabel(path: string): Promise<void> {
  requirePresent(path);
  await vscode.commands.executeCommand(commandIds.wrongPerson, { paths: [path] });
}

function requirePresent(path: string): void {
  if (existsSync(path)) return;
  throw new UserError(
    vscode.l10n.t('{0} is not there any more.', path),
    vscode.l10n.t('Validate again to make a new report.'),
  );
}
