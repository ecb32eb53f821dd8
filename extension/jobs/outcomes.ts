import * as vscode from 'vscode';
import type { RunRecord } from '../../src/protocol/run';
import { Disposable } from '../disposable';
import { commandIds } from '../identifiers';
import type { Library } from '../workspace/library';
import type { NoticeAction, Notices } from '../notices';
import { kindOf } from './activity';
import type { JobManager } from './jobManager';

/** Says how each followed job has ended, in one sentence with what can be done next. */
export class Outcomes extends Disposable {
  constructor(
    jobs: JobManager,
    private readonly notices: Notices,
    private readonly library: Library,
  ) {
    super();
    this.register(jobs.onDidFinish(({ folder, record }) => this.tell(folder, record)));
  }

  private tell(folder: string, record: RunRecord): void {
    const show = action('Show Metrics', commandIds.showMetrics, folder);
    const log = {
      title: 'Show Worker Log',
      run: async () => vscode.window.showTextDocument(vscode.Uri.joinPath(vscode.Uri.file(folder), 'worker.log')),
    };
    const resumable = record.request.kind === 'train' && record.checkpoint !== undefined;
    const resume = resumable ? [action(`Resume from Step ${record.checkpoint!.step}`, commandIds.resume, folder)] : [];
    switch (record.state) {
      case 'done':
        this.library.refresh();
        return this.done(record, show);
      case 'stopped':
        this.library.refresh();
        return this.notices.information(`${record.title} was stopped; everything so far is saved.`, show, ...resume);
      case 'failed': {
        const { message, action: advice } = record.error ?? { message: 'It ended without saying why.' };
        const sentence = [`${kindOf(record)} failed: ${message}`, advice].filter(Boolean).join(' ');
        return this.notices.failure(sentence, log, ...resume);
      }
      case 'lost':
        return this.notices.failure(`The worker of ${record.title} is gone without having said why.`, log, ...resume);
      case 'starting':
      case 'running':
      case 'stopping':
    }
  }

  private done(record: RunRecord, show: NoticeAction): void {
    const { request } = record;
    switch (request.kind) {
      case 'align':
        return this.notices.information(`${facesOf(record)} in ${request.outputDir}.`, show, {
          title: 'Fine-Tune…',
          run: () => vscode.commands.executeCommand(commandIds.fineTune, { dataDir: request.outputDir }),
        });
      case 'train': {
        const best =
          record.best === undefined
            ? ''
            : `; best LFW accuracy ${(record.best.accuracy * 100).toFixed(1)} % at step ${record.best.step}`;
        return this.notices.information(`${record.title} is done${best}.`, show);
      }
      case 'validate':
        return this.notices.information(`${record.title} is validated.`, show);
      case 'demo':
        // Create Demo Workspace offers what comes next by itself.
        return;
    }
  }
}

function action(title: string, command: string, argument: unknown): NoticeAction {
  return { title, run: () => vscode.commands.executeCommand(command, argument) };
}

/** What an alignment has counted, e.g. `288 faces, 3 photographs without one,`. */
function facesOf({ result = {}, title }: RunRecord): string {
  const { faces, present, noFace, unreadable } = result as Record<string, number | undefined>;
  if (faces === undefined) return `${title} is done; the faces are`;
  const parts = [`${faces + (present ?? 0)} faces`];
  if (noFace) parts.push(`${noFace} photographs without one`);
  if (unreadable) parts.push(`${unreadable} files that cannot be read`);
  return `${title} is done: ${parts.join(', ')},`;
}
