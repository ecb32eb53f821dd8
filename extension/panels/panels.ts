import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import { Disposable } from '../disposable';
import { panelTypes } from '../identifiers';
import type { CommandLine } from '../jobs/commandLine';
import type { JobManager } from '../jobs/jobManager';
import type { RunStore } from '../jobs/runStore';
import type { Notices } from '../notices';
import type { DatasetChecks } from '../workspace/datasetChecks';
import type { CheckpointPanel } from './checkpointPanel';
import type { GalleryPanel } from './galleryPanel';
import type { LfwPanel } from './lfwPanel';
import type { OwnTab } from './frozenTabs';
import type { GalleryState, PageState } from './pageDocument';
import { type PagePanel, ownTab } from './pagePanel';
import type { RunPanel } from './runPanel';
import { TabKeeper } from './tabKeeper';

/**
 * The open tabs, one per run, report, model and gallery; brings them back after the window has been reloaded, and
 * after the extension host has been started anew.
 */
export class Panels extends Disposable {
  private readonly runPanels = new Map<string, RunPanel>();
  private readonly galleries = new Map<string, GalleryPanel>();
  private readonly reportPanels = new Map<string, LfwPanel>();
  private readonly checkpointPanels = new Map<string, CheckpointPanel>();
  /** Handed over by VS Code, while what they show is being read. */
  private readonly reviving = new Set<OwnTab>();
  private readonly keeper: TabKeeper;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly jobs: JobManager,
    private readonly runs: RunStore,
    private readonly checks: DatasetChecks,
    private readonly log: vscode.LogOutputChannel,
    private readonly notices: Notices,
    private readonly commandLine: CommandLine,
    memory: vscode.Memento,
  ) {
    super();
    this.keeper = this.register(
      new TabKeeper(
        memory,
        () => [...this.all.flatMap(({ tab }) => tab ?? []), ...this.reviving],
        async (state, column) => this.reopen(state, column),
        log,
      ),
    );
    for (const viewType of Object.values(panelTypes)) {
      this.register(
        vscode.window.registerWebviewPanelSerializer(viewType, {
          deserializeWebviewPanel: async (panel, state) => this.revive(panel, state),
        }),
      );
    }
  }

  /** For tests. */
  get all(): PagePanel[] {
    return [this.runPanels, this.reportPanels, this.checkpointPanels, this.galleries].flatMap((panels) => [
      ...panels.values(),
    ]);
  }

  /** @throws UserError when the folder is no run. */
  async showRun(folder: string): Promise<RunPanel> {
    const path = resolve(folder);
    return this.show(this.runPanels, path, async () => this.runPanel(path));
  }

  /** @throws UserError when the file is no LFW report. */
  async showReport(report: string): Promise<LfwPanel> {
    const path = resolve(report);
    return this.show(this.reportPanels, path, async () => this.reportPanel(path));
  }

  /** The report in the active tab, if it is one. */
  get activeReport(): string | undefined {
    return [...this.reportPanels].find(([, panel]) => panel.active)?.[0];
  }

  /** The tab of a report, if it is open. */
  reportTab(report: string): LfwPanel | undefined {
    return this.reportPanels.get(resolve(report));
  }

  /** @throws UserError when there is no model. */
  async showCheckpoint(model: string): Promise<CheckpointPanel> {
    const path = model === 'starter' ? model : resolve(model);
    return this.show(this.checkpointPanels, path, async () => this.checkpointPanel(path));
  }

  /** @throws UserError when the dataset or the person's folder cannot be read. */
  async showGallery(about: GalleryState): Promise<GalleryPanel> {
    return this.show(this.galleries, keyOf(about), async () => this.galleryPanel(about));
  }

  override dispose(): void {
    for (const panel of this.all) panel.dispose();
    super.dispose();
  }

  /** Reads what the tab shows, then makes it, into `panel` where VS Code has kept one. */
  private async runPanel(path: string, panel?: vscode.WebviewPanel): Promise<() => RunPanel> {
    const [{ RunPanel }, { openRunFolder }] = await Promise.all([
      import('./runPanel'),
      import('../../src/run/runFolder'),
    ]);
    const { record } = await openRunFolder(path);
    const { extensionUri, jobs, runs, notices } = this;
    return () => new RunPanel(panel ?? create(panelTypes.run), extensionUri, path, record, jobs, runs, notices);
  }

  private async reportPanel(
    path: string,
    panel?: vscode.WebviewPanel,
    chosen?: string | null,
  ): Promise<() => LfwPanel> {
    const { LfwPanel, loadReport } = await import('./lfwPanel');
    // After a reload the report that was compared with may be gone; the tab is worth having without it.
    const loaded = await loadReport(path, chosen).catch(async (error: unknown) => {
      if (typeof chosen !== 'string') throw error;
      this.log.warn(describeError(error));
      return loadReport(path);
    });
    return () => new LfwPanel(panel ?? create(panelTypes.lfw), this.extensionUri, loaded);
  }

  private async checkpointPanel(path: string, panel?: vscode.WebviewPanel): Promise<() => CheckpointPanel> {
    const { CheckpointPanel, loadModel } = await import('./checkpointPanel');
    const model = await loadModel(path);
    return () =>
      new CheckpointPanel(panel ?? create(panelTypes.checkpoint), this.extensionUri, path, model, this.commandLine);
  }

  private async galleryPanel(about: GalleryState, panel?: vscode.WebviewPanel): Promise<() => GalleryPanel> {
    const { GalleryPanel, loadGallery } = await import('./galleryPanel');
    const loaded = await loadGallery(about);
    return () => new GalleryPanel(panel ?? create(panelTypes.gallery), this.extensionUri, about, loaded, this.checks);
  }

  /** Into the column where a tab has been left without its host; the focus stays where it is. */
  private async reopen(state: PageState, column: vscode.ViewColumn): Promise<void> {
    const panel = create(viewTypeOf(state), { viewColumn: column, preserveFocus: true });
    await this.fill(panel, state);
  }

  private async revive(panel: vscode.WebviewPanel, saved: unknown): Promise<void> {
    const { host: state, view } = (saved ?? {}) as { host?: PageState; view?: { baseline?: string | null } };
    await this.fill(panel, state, view?.baseline);
  }

  /** Shows in an empty tab what it is about; closes it where that cannot be read any more. */
  private async fill(
    panel: vscode.WebviewPanel,
    state: PageState | undefined,
    baseline?: string | null,
  ): Promise<void> {
    const coming = ownTab(panel, undefined);
    this.reviving.add(coming);
    try {
      if (state?.kind === 'run') this.keep(this.runPanels, state.folder, await this.runPanel(state.folder, panel));
      else if (state?.kind === 'lfw')
        this.keep(this.reportPanels, state.report, await this.reportPanel(state.report, panel, baseline));
      else if (state?.kind === 'checkpoint')
        this.keep(this.checkpointPanels, state.path, await this.checkpointPanel(state.path, panel));
      else if (state?.kind === 'gallery')
        this.keep(this.galleries, keyOf(state), await this.galleryPanel(state, panel));
      else panel.dispose();
    } catch (error) {
      // Its run has been removed meanwhile: there is nothing to show any more.
      this.log.warn(`A tab could not be brought back: ${describeError(error)}`);
      panel.dispose();
    } finally {
      this.reviving.delete(coming);
    }
  }

  private keep<P extends PagePanel>(open: Map<string, P>, path: string, make: () => P): P {
    const panel = make();
    open.set(path, panel);
    panel.onDidClose(() => {
      if (open.get(path) === panel) open.delete(path);
      this.keeper.changed();
    });
    this.keeper.changed();
    return panel;
  }

  /** The tab of `path`, brought to the front where it is open; two calls at once make one tab. */
  private async show<P extends PagePanel>(
    open: Map<string, P>,
    path: string,
    read: () => Promise<() => P>,
  ): Promise<P> {
    const make = open.has(path) ? undefined : await read();
    const known = open.get(path);
    if (known === undefined) return this.keep(open, path, make!);
    known.reveal();
    return known;
  }
}

function keyOf({ dataset, person }: GalleryState): string {
  return `${resolve(dataset)}\n${person ?? ''}`;
}

function viewTypeOf({ kind }: PageState): string {
  return panelTypes[kind];
}

function create(
  viewType: string,
  where: Parameters<typeof vscode.window.createWebviewPanel>[2] = vscode.ViewColumn.Active,
): vscode.WebviewPanel {
  // The page sets its own title before anything is seen.
  return vscode.window.createWebviewPanel(viewType, 'FaceNet', where, { enableScripts: true });
}
