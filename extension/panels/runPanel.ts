import * as vscode from 'vscode';
import type { RunEvent } from '../../src/protocol/events';
import { type RunRecord, finalStates } from '../../src/protocol/run';
import type { FromPage } from '../../src/protocol/webview';
import { livenessOf } from '../../src/run/liveness';
import { openRunFolder } from '../../src/run/runFolder';
import { tailEvents } from '../../src/run/tailEvents';
import { commandIds } from '../identifiers';
import type { JobManager } from '../jobs/jobManager';
import type { RunStore } from '../jobs/runStore';
import { PagePanel } from './pagePanel';

/** Events that arrive within this time go to the page together. */
const frameMilliseconds = 100;

/** The Run tab: the host follows the run's log and owns its history, the page draws it. */
export class RunPanel extends PagePanel {
  private readonly history: RunEvent[] = [];
  private sentEvents = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    readonly folder: string,
    private record: RunRecord,
    jobs: JobManager,
    runs: RunStore,
  ) {
    super(panel, extensionUri, 'run', { kind: 'run', folder });
    this.register(jobs.onDidChange((run) => run.folder === folder && this.update(run.record)));
    this.register(jobs.onDidFinish((run) => run.folder === folder && this.update(run.record)));
    this.register(runs.onDidChange(() => void this.reload()));
    this.register(
      tailEvents(folder, (events) => {
        this.history.push(...events);
        this.schedule();
      }),
    );
    this.load(record.title, 'chart.svg');
  }

  override dispose(): void {
    clearTimeout(this.timer);
    super.dispose();
  }

  protected hydrate(): void {
    this.sentEvents = this.history.length;
    this.send({ type: 'hydrateRun', run: this.record, events: [...this.history] });
  }

  protected answer(message: Exclude<FromPage, { type: 'ready' }>): void {
    switch (message.type) {
      case 'stopRun':
        void vscode.commands.executeCommand(commandIds.stop, this.folder);
        break;
      case 'resumeRun':
        void vscode.commands.executeCommand(commandIds.resume, this.folder);
        break;
      case 'openReport':
        void vscode.commands.executeCommand(commandIds.showMetrics, { folder: this.folder, report: message.report });
        break;
      case 'revealFolder':
        void vscode.commands.executeCommand(commandIds.reveal, this.folder);
        break;
      case 'exportReport':
      case 'chooseBaseline':
      case 'openPicture':
        // Buttons of the LFW tab.
        break;
    }
  }

  private async reload(): Promise<void> {
    if (this.isDisposed) return;
    // A run folder that is being removed leaves the tab as it was.
    const folder = await openRunFolder(this.folder).catch(() => undefined);
    if (folder === undefined) return;
    const { record } = folder;
    const state = finalStates.includes(record.state) ? record.state : await livenessOf(record, this.folder);
    this.update({ ...record, state });
  }

  private update(record: RunRecord): void {
    if (record.updatedAt === this.record.updatedAt && record.state === this.record.state) return;
    this.record = record;
    this.send({ type: 'updateRun', run: record });
  }

  private schedule(): void {
    if (this.timer !== undefined || this.isDisposed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const fresh = this.history.slice(this.sentEvents);
      this.sentEvents = this.history.length;
      if (fresh.length > 0) this.send({ type: 'appendEvents', events: fresh });
    }, frameMilliseconds);
  }
}
