import * as vscode from 'vscode';
import { shownText } from '../../src/protocol/shownText';
import { nameInChoice } from '../shown';
import { Disposable } from '../disposable';
import { commandIds } from '../identifiers';
import { describeActivity, kindOf, stateOf } from '../jobs/activity';
import type { JobManager } from '../jobs/jobManager';

/** One entry while anything runs: what the newest job does; a click shows its metrics. */
export class StatusBar extends Disposable {
  readonly item = this.register(vscode.window.createStatusBarItem('facenet.job', vscode.StatusBarAlignment.Left, 10));

  /** Run folder that a click shows. */
  private shown: string | undefined;

  constructor(private readonly jobs: JobManager) {
    super();
    this.item.name = vscode.l10n.t('FaceNet Job');
    this.register(jobs.onDidChange(() => this.update()));
    this.register(jobs.onDidFinish(() => this.update()));
  }

  private update(): void {
    const { active } = this.jobs;
    const newest = active.at(-1);
    if (newest === undefined) return this.item.hide();
    const { record, name, latest, folder } = newest;
    const more = active.length > 1 ? ` (+${active.length - 1})` : '';
    const doing = record.state === 'running' ? describeActivity(latest) : stateOf(record);
    const said = vscode.l10n.t('FaceNet: {0}', `${doing ?? kindOf(record)}${more}`);
    this.item.text = `$(sync~spin) ${nameInChoice(said)}`;
    this.item.tooltip = shownText(`${kindOf(record)}: ${name}\n${vscode.l10n.t('Click to show it.')}`);
    // Set anew only for another job: a click that comes while VS Code takes a new one finds none.
    if (folder !== this.shown)
      this.item.command = {
        command: commandIds.showMetrics,
        title: vscode.l10n.t('Show Metrics'),
        arguments: [folder],
      };
    this.shown = folder;
    this.item.accessibilityInformation = { label: said, role: 'button' };
    this.item.show();
  }
}
