import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import type { Services } from '../services';

/** Shows what computes on this machine, and why not something faster; resolves to the text. */
export async function doctor({ commandLine }: Services): Promise<string> {
  const options = { location: vscode.ProgressLocation.Notification, title: 'Looking at the engines of this machine' };
  const { code, stdout, stderr } = await vscode.window.withProgress(options, async () => commandLine.run(['doctor']));
  if (code !== 0)
    throw new UserError(stderr.trim().split('\n').at(-1) ?? `facenet doctor ended with exit code ${code}.`);
  const document = await vscode.workspace.openTextDocument({ content: stdout, language: 'plaintext' });
  await vscode.window.showTextDocument(document, { preview: true });
  return stdout;
}
