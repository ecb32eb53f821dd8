import * as vscode from 'vscode';
import type { RunRecord } from '../../src/protocol/run';
import { describeActivity } from './activity';
import type { JobManager } from './jobManager';
import type { RunFollower } from './runFollower';

/**
 * Shows what a run does until it ends; Cancel is a polite stop. Resolves to the final record. The bar is an endless
 * one, because a job has several activities and only each of them knows its length; the message counts.
 */
export async function withRunProgress(title: string, run: RunFollower, jobs: JobManager): Promise<RunRecord> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const changes = run.onDidChange(() => progress.report({ message: describeActivity(run.latest) }));
    const cancel = token.onCancellationRequested(() => {
      progress.report({ message: vscode.l10n.t('stopping…') });
      // A run that ends at this moment needs no stop; `finished` tells how it ended.
      void jobs.stop(run.folder).catch(() => undefined);
    });
    try {
      return await run.finished;
    } finally {
      changes.dispose();
      cancel.dispose();
    }
  });
}
