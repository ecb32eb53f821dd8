import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { configurationAnswerSchema } from '../../src/protocol/configurationAnswer';
import { UserError, describeError } from '../../src/protocol/errors';
import { commandIds } from '../identifiers';
import { optionsOf } from '../inputs/targets';
import { readAnswer } from '../jobs/commandAnswer';
import { properNames } from '../properNames';
import type { Services } from '../services';
import { workspaceRoot } from '../workspace/library';
import { rootFor } from '../jobs/jobRequests';

/** What Paste train_softmax Command may be called with. */
export interface PasteOptions {
  /** The command line; asked with what is on the clipboard when missing. */
  line: string;
}

/** Splitting a line needs a library that no other command loads. */
const commandLines = async () => import('../../src/cli/pythonCommand/pastedCommand');

/**
 * Turns a command line of the reference's train_softmax.py or train_tripletloss.py into a run configuration and opens it; each part of the line
 * that has no effect here or is unknown is a comment at its top.
 */
export async function pasteTrainSoftmax(
  { commandLine, notices }: Services,
  argument?: unknown,
): Promise<{ configuration: string; notes: string[] } | undefined> {
  const line = optionsOf<PasteOptions>(argument).line ?? (typeof argument === 'string' ? argument : await askLine());
  if (line === undefined) return undefined;
  // Wrong lines are refused here, without a child process.
  (await commandLines()).parsePastedCommand(line);
  const { code, stdout, stderr } = await commandLine.run(['configuration', '--json', '--', line], {
    cwd: workspaceRoot() ?? homedir(),
  });
  if (code !== 0) throw new UserError(reasonIn(stderr));
  const { config, title, notes } = readAnswer(configurationAnswerSchema, 'configuration', stdout);
  const root = rootFor(config.dataDir, config.dataDir);
  const { configurationText, saveConfiguration } = await import('../../src/train/settings/configurationFile');
  const configuration = await saveConfiguration(root, title, configurationText(config, { root, title, notes }));
  await vscode.window.showTextDocument(vscode.Uri.file(configuration), { preview: false });
  const start = {
    title: vscode.l10n.t('Start'),
    run: () => vscode.commands.executeCommand(commandIds.startConfiguration, configuration),
  };
  if (notes.length === 0) {
    notices.information(vscode.l10n.t('Every part of the command line is in the configuration.'), start);
  } else {
    notices.warning(
      notes.length === 1
        ? vscode.l10n.t('1 part of the command line has no effect here; it stands at the top of the file.')
        : vscode.l10n.t(
            '{0} parts of the command line have no effect here; they stand at the top of the file.',
            notes.length,
          ),
      start,
    );
  }
  return { configuration, notes };
}

/** The last line that a command has said, without the names before it. */
function reasonIn(stderr: string): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return last.replace(/^facenet(?: [\w-]+)?: (?:error: )?/, '');
}

async function askLine(): Promise<string | undefined> {
  const { parsePastedCommand } = await commandLines();
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Paste train_softmax Command'),
    prompt: vscode.l10n.t('The command line as it stands in the terminal; it becomes a run configuration'),
    placeHolder: properNames.trainSoftmaxLine,
    value: await clipboardLine(),
    ignoreFocusOut: true,
    validateInput(value) {
      if (value.trim() === '') return undefined;
      try {
        parsePastedCommand(value);
        return undefined;
      } catch (error) {
        return describeError(error);
      }
    },
  });
}

/** What is on the clipboard, on one line, where it is a training. */
async function clipboardLine(): Promise<string> {
  const text = await vscode.env.clipboard.readText();
  if (!/train_(?:softmax|tripletloss)/.test(text)) return '';
  const { oneLine } = await import('../../src/cli/pythonCommand/shellLine');
  try {
    return oneLine(text);
  } catch {
    return text;
  }
}
