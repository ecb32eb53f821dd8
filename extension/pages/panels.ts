import { basename, resolve } from 'node:path';
import * as vscode from 'vscode';
import { StoppedError, describeError } from '../../src/protocol/errors';
import type { RunWatches } from '../../src/watch/runWatches';
import { counted, grouped } from '../counts';
import { Disposable } from '../disposable';
import { panelTypes } from '../identifiers';
import type { CommandLine } from '../jobs/commandLine';
import { withLateProgress } from '../jobs/progressNotification';
import type { RunStore } from '../jobs/runStore';
import type { Notices } from '../notices';
import type { Thumbnails } from '../pictures/thumbnails';
import type { DatasetChecks } from '../datasets/datasetChecks';
import type { CheckpointPanel } from '../models/checkpointPanel';
import type { GalleryPanel } from '../gallery/galleryPanel';
import type { LfwPanel } from '../lfw/lfwPanel';
import type { OwnTab } from './frozenTabs';
import { type PagePanel, type PagePlace, ownTab } from './pagePanel';
import {
  type CheckpointState,
  type GalleryState,
  type LfwState,
  type PageState,
  type PageView,
  identityOf,
} from './pageState';
import type { RunPanel } from '../runs/runPanel';
import { TabKeeper } from './tabKeeper';

/** A tab that is there already, to be filled with what it has shown before. */
type Handed = Pick<PagePlace, 'panel' | 'view'>;

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
    private readonly runs: RunStore,
    private readonly watches: RunWatches,
    private readonly checks: DatasetChecks,
    private readonly log: vscode.LogOutputChannel,
    private readonly notices: Notices,
    private readonly commandLine: CommandLine,
    private readonly thumbnails: Thumbnails,
    memory: vscode.Memento,
  ) {
    super();
    this.keeper = this.register(
      new TabKeeper(
        memory,
        () => [...this.all.flatMap(({ tab }) => tab ?? []), ...this.reviving],
        async ({ state, view }, column) => this.reopen(state, view, column),
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
    return this.show(this.reportPanels, path, async () => this.reportPanel({ kind: 'lfw', report: path }));
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
    return this.show(this.checkpointPanels, path, async () => this.checkpointPanel({ kind: 'checkpoint', path }));
  }

  /** @throws UserError when the dataset or the person's folder cannot be read, StoppedError when it was given up. */
  async showGallery(about: GalleryState): Promise<GalleryPanel> {
    return this.show(this.galleries, identityOf(about), async () => this.galleryPanel(about));
  }

  /** Fills a tab that VS Code has kept, from the saved state of its page; closes it where there is nothing to show. */
  async revive(panel: vscode.WebviewPanel, saved: unknown): Promise<void> {
    const { host: state, view } = (saved ?? {}) as { host?: PageState; view?: PageView };
    await this.fill({ panel, view }, state);
  }

  override dispose(): void {
    for (const panel of this.all) panel.dispose();
    super.dispose();
  }

  /** Reads what the tab shows, then makes it, into the tab that is handed over where there is one. */
  private async runPanel(path: string, handed?: Handed): Promise<() => RunPanel> {
    const [{ RunPanel }, { openRunFolder }] = await Promise.all([
      import('../runs/runPanel'),
      import('../../src/run/runFolder'),
    ]);
    const { record } = await openRunFolder(path);
    const { runs, watches, notices } = this;
    return () => new RunPanel(this.place('run', handed), path, record, { runs, watches, notices });
  }

  private async reportPanel({ report, baseline }: LfwState, handed?: Handed): Promise<() => LfwPanel> {
    const { LfwPanel, loadReportAgain } = await import('../lfw/lfwPanel');
    const loaded = await loadReportAgain(report, baseline, (error) => this.log.warn(describeError(error)));
    return () => new LfwPanel(this.place('lfw', handed), loaded);
  }

  private async checkpointPanel(about: CheckpointState, handed?: Handed): Promise<() => CheckpointPanel> {
    const { CheckpointPanel, loadModel } = await import('../models/checkpointPanel');
    const model = await loadModel(about.path);
    const { commandLine, log } = this;
    return () => new CheckpointPanel(this.place('checkpoint', handed), about, model, commandLine, log);
  }

  private async galleryPanel(about: GalleryState, handed?: Handed): Promise<() => GalleryPanel> {
    const [{ GalleryPanel }, { loadGallery }] = await Promise.all([
      import('../gallery/galleryPanel'),
      import('../gallery/galleryImages'),
    ]);
    const name = about.person ?? basename(about.dataset);
    const loaded = await withLateProgress(vscode.l10n.t('Reading {0}', name), async (signal, report) =>
      loadGallery(about, {
        signal,
        onProgress: (images, read, people) =>
          report(vscode.l10n.t('{0} of {1}, {2}', grouped(read), counted.people(people), counted.images(images))),
      }),
    ).catch((error: unknown) => {
      if (!(error instanceof StoppedError)) throw error;
      throw new StoppedError(vscode.l10n.t('Stopped; the gallery of {0} was not opened.', name));
    });
    return () => new GalleryPanel(this.place('gallery', handed), about, loaded, this.checks, this.thumbnails);
  }

  /** Into the column where a tab has been left without its host; the focus stays where it is. */
  private async reopen(state: PageState, view: PageView | undefined, column: vscode.ViewColumn): Promise<void> {
    const panel = create(panelTypes[state.kind], { viewColumn: column, preserveFocus: true });
    await this.fill({ panel, view }, state);
  }

  /** Shows in an empty tab what it is about; closes it where that cannot be read any more. */
  private async fill(handed: Handed, state: PageState | undefined): Promise<void> {
    const { panel } = handed;
    const coming = ownTab(panel);
    this.reviving.add(coming);
    try {
      if (state?.kind === 'run') this.keep(this.runPanels, state.folder, await this.runPanel(state.folder, handed));
      else if (state?.kind === 'lfw') this.keep(this.reportPanels, state.report, await this.reportPanel(state, handed));
      else if (state?.kind === 'checkpoint')
        this.keep(this.checkpointPanels, state.path, await this.checkpointPanel(state, handed));
      else if (state?.kind === 'gallery')
        this.keep(this.galleries, identityOf(state), await this.galleryPanel(state, handed));
      else panel.dispose();
    } catch (error) {
      // Its run has been removed meanwhile: there is nothing to show any more.
      this.log.warn(`A tab could not be brought back: ${describeError(error)}`);
      panel.dispose();
    } finally {
      this.reviving.delete(coming);
    }
  }

  private place(page: keyof typeof panelTypes, handed: Handed | undefined): PagePlace {
    const { extensionUri } = this;
    return { ...(handed ?? { panel: create(panelTypes[page]) }), extensionUri };
  }

  private keep<P extends PagePanel>(open: Map<string, P>, path: string, make: () => P): P {
    const panel = make();
    open.set(path, panel);
    panel.onDidChoose(() => this.keeper.choiceChanged());
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

function create(
  viewType: string,
  where: Parameters<typeof vscode.window.createWebviewPanel>[2] = vscode.ViewColumn.Active,
): vscode.WebviewPanel {
  // The page sets its own title before anything is seen.
  return vscode.window.createWebviewPanel(viewType, 'FaceNet', where, { enableScripts: true });
}
