import { resolve } from 'node:path';
import * as vscode from 'vscode';
import type { RunEvent } from '../../src/protocol/events';
import { type RunRecord, finalStates } from '../../src/protocol/run';
import type { FromRunPage } from '../../src/protocol/webview';
import { livenessOf } from '../../src/run/liveness';
import { openRunFolder } from '../../src/run/runFolder';
import { appendEvents, emptySeries, snapshotOf } from '../../src/series/runSeries';
import { type EventTail, tailEvents } from '../../src/run/tailEvents';
import { commandIds } from '../identifiers';
import type { JobManager } from '../jobs/jobManager';
import type { RunStore } from '../jobs/runStore';
import type { Notices } from '../notices';
import { OverlayRuns, chooseOverlays } from './overlayRuns';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';
import { exportCsv, exportPng } from './runExport';

/** Events go to the page at once, and within this time of the last ones together. */
const frameMilliseconds = 60;
/** More events than this are cheaper as a snapshot: typed arrays instead of one object each. */
const mostAppended = 5000;
/** A page does not wait longer than this for a log that is still being read. */
const patienceMilliseconds = 300;

/** The run that a tab is about. */
export interface RunTab {
  kind: 'run';
  folder: string;
}

/** The Run tab: the host follows the run's log and owns its history, the page draws it. */
export class RunPanel extends PagePanel<RunTab> {
  private readonly series = emptySeries();
  private readonly overlays = this.register(new OverlayRuns((runs) => this.send({ type: 'overlays', runs })));
  private readonly tail: EventTail;
  /** What the page has not been told yet. */
  private pending: RunEvent[] = [];
  private reading = true;
  private lastSent = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    place: PagePlace,
    readonly folder: string,
    private record: RunRecord,
    jobs: JobManager,
    private readonly runs: RunStore,
    private readonly notices: Notices,
  ) {
    super(place, { kind: 'run', folder });
    this.register(jobs.onDidChange((run) => run.folder === folder && this.update(run.record)));
    this.register(jobs.onDidFinish((run) => run.folder === folder && this.update(run.record)));
    this.register(runs.onDidChange(() => void this.reload()));
    this.tail = this.register(
      tailEvents(folder, (events) => {
        appendEvents(this.series, events);
        if (!this.listening) return;
        for (const event of events) this.pending.push(event);
        this.schedule();
      }),
    );
    void this.tail.caughtUp.then(() => {
      this.reading = false;
      this.schedule();
    });
    this.load(record.title);
  }

  override dispose(): void {
    clearTimeout(this.timer);
    super.dispose();
  }

  protected async hydrate(): Promise<void> {
    await Promise.race([this.tail.caughtUp, new Promise((resolve) => setTimeout(resolve, patienceMilliseconds))]);
    this.sendSnapshot();
  }

  protected answer(message: FromRunPage): void {
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
      case 'overlayRuns':
        void this.attempt(() => this.overlay(message.folders, message.choose));
        break;
      case 'exportCsv':
        void this.attempt(() => exportCsv(this.record.title, this.series, this.notices, message.range));
        break;
      case 'exportPng':
        void this.attempt(() => exportPng(this.record.title, message.png, this.notices));
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

  private async attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.notices.problem(error);
    }
  }

  private async overlay(folders: string[], choose: boolean): Promise<void> {
    const others = (await this.runs.list()).filter(({ folder }) => folder !== this.folder);
    const chosen = choose ? await chooseOverlays(others, folders) : folders;
    if (chosen === undefined || this.isDisposed) return;
    // A run that has been removed meanwhile is not missed.
    await this.overlays.show(others.filter(({ folder }) => chosen.includes(folder)));
  }

  private sendSnapshot(): void {
    this.pending = [];
    this.lastSent = Date.now();
    if (this.listening) this.send({ type: 'hydrateRun', run: this.record, series: snapshotOf(this.series) });
  }

  private schedule(): void {
    if (this.timer !== undefined || this.isDisposed || this.reading) return;
    const wait = Math.max(0, this.lastSent + frameMilliseconds - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.pending.length > mostAppended) return this.sendSnapshot();
      const events = this.pending;
      this.pending = [];
      this.lastSent = Date.now();
      if (events.length > 0) this.send({ type: 'appendEvents', events });
    }, wait);
  }
}

/** The kind of the Run tab: one for each run folder. */
export const runPage: PageKind<RunTab, RunPanel, Pick<Services, 'jobs' | 'runs' | 'notices'>> = {
  name: 'run',
  icon: 'chart.svg',
  keyOf: ({ folder }) => folder,
  async open({ folder }, { jobs, runs, notices }) {
    const { record } = await openRunFolder(folder);
    return (place) => new RunPanel(place, folder, record, jobs, runs, notices);
  },
};

/** @throws UserError when the folder is no run. */
export async function showRun(panels: Panels, folder: string): Promise<RunPanel> {
  return panels.show(runPage, { kind: 'run', folder: resolve(folder) });
}
