import * as vscode from 'vscode';
import { notificationOptions } from '../jobs/progressNotification';
import { doctorText } from '../../src/cli/doctorText';
import { doctorReportSchema } from '../../src/protocol/engines';
import { StoppedError } from '../../src/protocol/errors';
import { commandIds } from '../identifiers';
import { readAnswer } from '../jobs/commandAnswer';
import { failureOf } from '../jobs/commandLine';
import type { Services } from '../services';

/** Shows what computes on this machine, and why not something faster, in an editor; resolves to the text. */
export async function doctor({ commandLine, notices, texts }: Services): Promise<string> {
  const options = notificationOptions(vscode.l10n.t('Looking at the engines of this machine'));
  const stop = new AbortController();
  const { code, stdout, stderr } = await vscode.window.withProgress(options, async (_, token) => {
    token.onCancellationRequested(() => stop.abort(new StoppedError()));
    return commandLine.run(['doctor', '--json'], { signal: stop.signal }).catch((error: unknown) => {
      if (!(error instanceof StoppedError)) throw error;
      throw new StoppedError(vscode.l10n.t('Doctor was stopped.'));
    });
  });
  // Exit code 1 with a report: something is wrong with the machine, and the report says what.
  if (stdout.trim() === '') throw failureOf('doctor', code, stderr);
  const report = readAnswer(doctorReportSchema, 'doctor', stdout);
  const text = `${doctorText(report).join('\n')}\n`;
  await texts.show(vscode.l10n.t('FaceNet Doctor'), text);
  const install = {
    title: vscode.l10n.t('Install Engine…'),
    run: () => vscode.commands.executeCommand(commandIds.installEngine),
  };
  if (!report.healthy) {
    const log = { title: vscode.l10n.t('Show Log'), run: () => vscode.commands.executeCommand(commandIds.showLog) };
    notices.warning(vscode.l10n.t('Something that the workbench needs is missing; the lines with ✗ say what.'), log);
  } else if (report.training.engine === 'wasm') {
    notices.information(
      vscode.l10n.t('Training runs on the embedded engine; TensorFlow is several times faster.'),
      install,
    );
  }
  return text;
}
