import * as vscode from 'vscode';
import { StoppedError } from '../../src/protocol/errors';
import type { RunRecord } from '../../src/protocol/run';
import { shownNotification } from '../shown';
import { describeActivity } from './activity';
import type { JobManager } from './jobManager';
import type { RunFollower } from './runFollower';

/**
 * Shows what a run does until it ends; Cancel is a polite stop. Resolves to the final record. The bar is an endless
 * one, because a job has several activities and only each of them knows its length; the message counts.
 */
export async function withRunProgress(title: string, run: RunFollower, jobs: JobManager): Promise<RunRecord> {
  const options = notificationOptions(title);
  return vscode.window.withProgress(options, async (progress, token) => {
    const changes = run.onDidChange(() =>
      progress.report({ message: shownNotification(describeActivity(run.latest) ?? '') }),
    );
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

/** What takes less is not worth a notification, milliseconds. */
const patience = 1000;

/**
 * Does `work`; where that takes longer than a second, a notification shows what it reports, and Cancel aborts its
 * signal. What that means is the work's own choice. @throws what the work throws
 */
export async function withLateProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let latest = '';
  let shown: ((message: string) => void) | undefined;
  const result = work(stop.signal, (message) => {
    latest = message;
    shown?.(message);
  });
  const show = (): void => {
    const options = notificationOptions(title);
    void vscode.window.withProgress(options, async (progress, token) => {
      shown = (message) => progress.report({ message: shownNotification(message) });
      shown(latest);
      const cancel = token.onCancellationRequested(() => stop.abort(new StoppedError()));
      await result.catch(() => undefined);
      cancel.dispose();
    });
  };
  const timer = setTimeout(show, patience);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
  }
}

/** Of a notification with progress that can be cancelled. */
export function notificationOptions(title: string): vscode.ProgressOptions {
  return { location: vscode.ProgressLocation.Notification, title: shownNotification(title), cancellable: true };
}
