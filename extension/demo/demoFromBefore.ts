import type { RunRecord } from '../../src/protocol/run';
import { Disposable } from '../disposable';
import type { JobManager } from '../jobs/jobManager';
import type { RunFollower } from '../jobs/runFollower';
import type { Notices } from '../notices';
import type { Panels } from '../pages/panels';
import { workspaceRoot } from '../workspace/library';

/** A demo that began longer ago was found in another way than by the window that opens for it, milliseconds. */
const justBegun = 120_000;

/**
 * Shows a demo that an empty window has begun: its folder is opened then, which starts everything anew, and here it goes on
 * to be seen. One that this window has begun is shown by its command.
 */
export class DemoFromBefore extends Disposable {
  private readonly opened = Date.now();
  private shown: string | undefined;

  constructor(
    jobs: JobManager,
    private readonly panels: Panels,
    private readonly notices: Notices,
  ) {
    super();
    this.register(jobs.onDidChange(({ folder, record }) => void this.begin(folder, record)));
    this.register(jobs.onDidFinish((follower) => void this.end(follower)));
  }

  private async begin(folder: string, { request, createdAt }: RunRecord): Promise<void> {
    const age = this.opened - Date.parse(createdAt);
    if (this.shown !== undefined || request.kind !== 'demo' || age < 0 || age > justBegun) return;
    if (request.outputDir !== workspaceRoot()) return;
    this.shown = folder;
    await this.attempt(async () => (await import('./demoTabs')).showDemo(this.panels, folder));
  }

  private async end({ folder, record }: RunFollower): Promise<void> {
    if (folder !== this.shown || record.state !== 'done') return;
    await this.attempt(async () => (await import('./demoTabs')).showDemoEnd(this.panels, folder, record));
  }

  private async attempt(show: () => Promise<void>): Promise<void> {
    await show().catch((error: unknown) => this.notices.problem(error));
  }
}
