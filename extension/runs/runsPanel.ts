import * as vscode from 'vscode';
import type { FromRunsPage, RunsAction } from '../../src/protocol/webview';
import { differingSettings } from '../../src/run/compareRuns';
import type { ListedRun } from '../../src/run/runList';
import { rowsOfRuns } from '../../src/run/runRows';
import { type CommandId, commandIds } from '../identifiers';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import type { Services } from '../services';

/** There is one table, of all runs. */
export interface RunsTab {
  kind: 'runs';
}

type Needs = Pick<Services, 'jobs' | 'notices' | 'runs'>;

/** Rows of runs that work are sent anew at most this often. */
const refreshMilliseconds = 2000;

const commandOf: Readonly<Record<Exclude<RunsAction, 'compare' | 'open'>, CommandId>> = {
  draw: commandIds.compareRuns,
  rename: commandIds.renameRun,
  note: commandIds.noteRun,
  tag: commandIds.tagRuns,
  star: commandIds.starRun,
  unstar: commandIds.unstarRun,
  archive: commandIds.archiveRun,
  unarchive: commandIds.unarchiveRun,
  duplicate: commandIds.duplicateRun,
  delete: commandIds.deleteRun,
};

/** The Runs tab: the host knows the runs, the page sorts, filters and selects; what is done with them are commands. */
export class RunsPanel extends PagePanel<RunsTab> {
  private timer: NodeJS.Timeout | undefined;
  private listed: readonly ListedRun[] = [];

  constructor(
    place: PagePlace,
    private readonly needs: Needs,
  ) {
    super(place, { kind: 'runs' });
    this.register(needs.runs.onDidChange(() => void this.hydrate()));
    this.register(
      needs.jobs.onDidChange(() => (this.timer ??= setTimeout(() => void this.hydrate(), refreshMilliseconds))),
    );
    this.load(vscode.l10n.t('Runs'));
  }

  override dispose(): void {
    clearTimeout(this.timer);
    super.dispose();
  }

  protected async hydrate(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.listening) return;
    try {
      this.listed = await this.needs.runs.list();
      this.send({ type: 'hydrateRuns', rows: rowsOfRuns(this.listed, Date.now()) });
    } catch (error) {
      this.needs.notices.problem(error);
    }
  }

  protected answer({ what, folders }: FromRunsPage): void {
    // A page names what it was told, and nothing else is done with it.
    const known = folders.filter((folder) => this.listed.some((run) => run.folder === folder));
    if (known.length === 0) return;
    if (what === 'compare') this.compare(known);
    else if (what === 'open') void vscode.commands.executeCommand(commandIds.showMetrics, known[0]);
    else void vscode.commands.executeCommand(commandOf[what], { folders: known });
  }

  private compare(folders: string[]): void {
    const runs = folders.flatMap((folder) => this.listed.find((run) => run.folder === folder) ?? []);
    this.send({ type: 'comparison', folders, settings: differingSettings(runs.map(({ record }) => record)) });
  }
}

/** The kind of the Runs tab. */
export const runsPage: PageKind<RunsTab, RunsPanel, Needs> = {
  name: 'runs',
  icon: 'chart.svg',
  keyOf: () => '',
  open: async (_, needs) => (place) => new RunsPanel(place, needs),
};
