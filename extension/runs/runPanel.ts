import { join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { readPeople } from '../../src/evaluate/readPeople';
import { savedCheckpoints } from '../../src/checkpoint/savedCheckpoints';
import { verdictOfRun } from '../../src/evaluate/runVerdict';
import { isInside } from '../../src/files/insideFolder';
import { describeError } from '../../src/protocol/errors';
import type { RunEvent } from '../../src/protocol/events';
import type { LineageStep } from '../../src/protocol/lineage';
import type { RunRecord } from '../../src/protocol/run';
import type { Verdict } from '../../src/protocol/verdict';
import type { FromRunPage } from '../../src/protocol/webview';
import { nameOfRun } from '../../src/protocol/runName';
import { readAbout } from '../../src/run/about';
import { openRunFolder } from '../../src/run/runFolder';
import { emptySeries, snapshotOf } from '../../src/series/runSeries';
import type { RunWatch } from '../../src/watch/runWatch';
import type { SeriesUse } from '../../src/watch/watchedLog';
import { commandIds } from '../identifiers';
import { lineageOfRun } from '../jobs/lineage';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';
import { takeNextStep } from '../lfw/nextStep';
import { OverlayRuns, chooseOverlays } from './overlayRuns';
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

/** What a Run tab works with. */
type Needs = Pick<Services, 'log' | 'notices' | 'runs' | 'watches'>;

/** The Run tab: the host has the history of the run from its watch, the page draws it. */
export class RunPanel extends PagePanel<RunTab> {
  private readonly overlays: OverlayRuns;
  /** Resolves with the series, as far as they have been read; undefined where the run cannot be watched. */
  private readonly watched: Promise<SeriesUse | undefined>;
  private series = emptySeries();
  /** What the page has not been told yet. */
  private pending: RunEvent[] = [];
  private reading = true;
  private wanted: readonly string[] | undefined;
  private lastSent = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    place: PagePlace,
    readonly folder: string,
    private record: RunRecord,
    private name: string,
    /** Of a run that has none written down. */
    private readonly verdict: Verdict | undefined,
    private readonly needs: Needs,
  ) {
    super(place, { kind: 'run', folder });
    this.overlays = this.register(new OverlayRuns(needs.watches, (runs) => this.send({ type: 'overlays', runs })));
    this.watched = this.follow().catch((error: unknown) => {
      needs.notices.problem(error);
      return undefined;
    });
    this.load(name);
  }

  override dispose(): void {
    clearTimeout(this.timer);
    super.dispose();
  }

  /** Draws these runs beside this one and no others. */
  async drawBeside(folders: readonly string[]): Promise<void> {
    if (this.listening) await this.overlays.show(folders);
    else this.wanted = folders;
  }

  protected async hydrate(): Promise<void> {
    const use = await this.watched;
    await Promise.race([use?.caughtUp, new Promise((resolve) => setTimeout(resolve, patienceMilliseconds))]);
    this.sendSnapshot();
    await this.sendKept();
    // What was wanted before the page was there; from then on it knows that itself.
    if (this.wanted !== undefined && this.listening) {
      await this.overlays.show(this.wanted);
      this.wanted = undefined;
    }
  }

  protected override async lineage(): Promise<LineageStep[]> {
    return lineageOfRun(this.needs.runs, this.folder);
  }

  protected answer(message: FromRunPage): void {
    switch (message.type) {
      case 'stopRun':
        void vscode.commands.executeCommand(commandIds.stop, this.folder);
        break;
      case 'resumeRun':
        void vscode.commands.executeCommand(commandIds.resume, { folder: this.folder, slower: message.slower });
        break;
      case 'takeStep':
        void this.attempt(() => takeNextStep(message.step, this.folder, this.record));
        break;
      case 'openReport':
        if (isInside(this.folder, join(this.folder, message.report)))
          void vscode.commands.executeCommand(commandIds.showMetrics, { folder: this.folder, report: message.report });
        break;
      case 'revealFolder':
        void vscode.commands.executeCommand(commandIds.reveal, this.folder);
        break;
      case 'overlayRuns':
        void this.attempt(() => this.overlay(message.folders, message.choose));
        break;
      case 'exportCsv':
        void this.attempt(() => exportCsv(this.name, this.series, this.needs.notices, message.range));
        break;
      case 'exportPng':
        void this.attempt(() => exportPng(this.name, message.png, this.needs.notices));
        break;
    }
  }

  private async follow(): Promise<SeriesUse | undefined> {
    const { watch } = this.register(await this.needs.watches.acquire(this.folder));
    if (this.isDisposed) return undefined;
    const use = this.register(
      watch.useSeries({
        appended: (events) => this.append(events),
        restarted: () => {
          this.series = use.series;
          this.sendSnapshot();
        },
      }),
    );
    this.series = use.series;
    this.register(watch.onChange(() => this.update(watch)));
    this.update(watch);
    void use.caughtUp.then(() => {
      this.reading = false;
      this.schedule();
    });
    return use;
  }

  private append(events: readonly RunEvent[]): void {
    if (!this.listening) return;
    for (const event of events) this.pending.push(event);
    this.schedule();
    if (events.some(({ type }) => type === 'checkpoint')) void this.sendKept();
  }

  private update({ record, name }: RunWatch): void {
    if (record === this.record && name === this.name) return;
    this.record = record;
    this.name = name;
    this.retitle(name);
    this.send({ type: 'updateRun', run: this.shown, name });
  }

  private get shown(): RunRecord {
    return { ...this.record, verdict: this.record.verdict ?? this.verdict };
  }

  private async attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.needs.notices.problem(error);
    }
  }

  private async overlay(folders: string[], choose: boolean): Promise<void> {
    const others = (await this.needs.runs.list()).filter(({ folder }) => folder !== this.folder);
    const chosen = choose ? await chooseOverlays(others, folders) : folders;
    if (chosen === undefined || this.isDisposed) return;
    // A run that has been removed meanwhile is not missed.
    await this.overlays.show(others.map(({ folder }) => folder).filter((folder) => chosen.includes(folder)));
  }

  private sendSnapshot(): void {
    this.pending = [];
    this.lastSent = performance.now();
    if (!this.listening) return;
    this.send({ type: 'hydrateRun', run: this.shown, name: this.name, series: snapshotOf(this.series) });
    void this.sendPeople();
  }

  /** The result per person, where there is one. */
  private async sendPeople(): Promise<void> {
    const { people } = this.series;
    if (people === undefined || !isInside(this.folder, join(this.folder, people.file))) return;
    try {
      const result = await readPeople(join(this.folder, people.file));
      if (!this.isDisposed) this.send({ type: 'people', result });
    } catch (error) {
      this.needs.notices.problem(error);
    }
  }

  /** Which checkpoints are there; nothing where the record does not say where they would be. */
  private async sendKept(): Promise<void> {
    const { directories } = this.record;
    if (directories === undefined) return;
    const saved = await savedCheckpoints(directories.models);
    this.send({ type: 'keptCheckpoints', steps: saved.map(({ step }) => step) });
  }

  private schedule(): void {
    if (this.timer !== undefined || this.isDisposed || this.reading) return;
    const wait = Math.max(0, this.lastSent + frameMilliseconds - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.pending.length > mostAppended) return this.sendSnapshot();
      const events = this.pending;
      this.pending = [];
      this.lastSent = performance.now();
      if (events.length > 0) this.send({ type: 'appendEvents', events });
      if (events.some((event) => event.type === 'validation' && event.people !== undefined)) void this.sendPeople();
    }, wait);
  }
}

/** The kind of the Run tab: one for each run folder. */
export const runPage: PageKind<RunTab, RunPanel, Needs> = {
  name: 'run',
  icon: 'chart.svg',
  keyOf: ({ folder }) => folder,
  async open({ folder }, needs) {
    const { record } = await openRunFolder(folder);
    // What was said of it and cannot be read is told by its watch.
    const name = nameOfRun(record, await readAbout(folder).catch(() => undefined));
    const verdict = await verdictOfRun(folder, record).catch((error: unknown) => {
      needs.log.warn(describeError(error));
      return undefined;
    });
    return (place) => new RunPanel(place, folder, record, name, verdict, needs);
  },
};

/** @throws UserError when the folder is no run. */
export async function showRun(panels: Panels, folder: string): Promise<RunPanel> {
  return panels.show(runPage, { kind: 'run', folder: resolve(folder) });
}
