import * as vscode from 'vscode';
import { shownName, shownText } from '../../src/protocol/shownText';

/**
 * Asks, above everything else, before something is done that is not easily undone; undefined where it is not to be done.
 *
 * @param detail what it means, a line each
 */
export async function askFirst(
  question: string,
  detail: readonly string[],
  ...answers: string[]
): Promise<string | undefined> {
  const options = { modal: true, detail: shownText(detail.join('\n')) };
  return vscode.window.showWarningMessage(shownName(question), options, ...answers);
}
