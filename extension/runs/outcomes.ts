import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import type { AlignRequest } from '../../src/protocol/job';
import type { RecoveryCause } from '../../src/protocol/recovery';
import type { RunRecord } from '../../src/protocol/run';
import { divergedAt, isResumable } from '../../src/protocol/runRules';
import { nextSteps } from '../../src/evaluate/nextSteps';
import { nextStepLabel } from '../../src/words/nextStepWords';
import { noVerdict, verdictSentence } from '../../src/words/verdictWords';
import { counted } from '../counts';
import { Disposable } from '../disposable';
import { commandIds } from '../identifiers';
import { type Library, shorten, workspaceRoots } from '../workspace/library';
import type { NoticeAction, Notices } from '../notices';
import { kindOf } from '../jobs/activity';
import type { JobManager } from '../jobs/jobManager';
import type { RunFollower } from '../jobs/runFollower';
import { takeNextStep } from '../lfw/nextStep';

/** Says how each followed job has ended, and what it went on after meanwhile, in one sentence with what can be done next. */
export class Outcomes extends Disposable {
  /** Attempts of the runs that are followed, as far as they were there when the run was first heard of or have been told. */
  private readonly told = new WeakMap<RunFollower, number>();

  constructor(
    jobs: JobManager,
    private readonly notices: Notices,
    private readonly library: Library,
  ) {
    super();
    this.register(jobs.onDidChange((follower) => this.tellRecovery(follower)));
    this.register(jobs.onDidFinish(({ folder, record, name }) => this.tell(folder, record, name)));
  }

  private tellRecovery(follower: RunFollower): void {
    const { folder, record, name } = follower;
    const attempts = record.recovery?.attempts ?? [];
    const known = this.told.get(follower) ?? attempts.length;
    this.told.set(follower, attempts.length);
    const last = attempts.at(-1);
    if (last === undefined || attempts.length <= known) return;
    const show = action(vscode.l10n.t('Show Metrics'), commandIds.showMetrics, folder);
    this.notices.warning(recoveryWords(name, last.step)[last.cause], show, workerLog(folder));
  }

  private tell(folder: string, record: RunRecord, name: string): void {
    const show = action(vscode.l10n.t('Show Metrics'), commandIds.showMetrics, folder);
    const log = workerLog(folder);
    const resume = isResumable(record)
      ? [action(vscode.l10n.t('Resume from Step {0}', record.checkpoint.step), commandIds.resume, folder)]
      : [];
    const slower =
      divergedAt(record) === undefined
        ? []
        : [action(vscode.l10n.t('Resume with a Tenth of the Rate'), commandIds.resume, { folder, slower: true })];
    switch (record.state) {
      case 'done':
        this.library.refresh();
        return this.done(folder, record, name, show);
      case 'stopped':
        this.library.refresh();
        return this.notices.information(
          vscode.l10n.t('{0} was stopped; everything so far is saved.', name),
          show,
          ...resume,
        );
      case 'failed': {
        const { message, action: advice } = record.error ?? { message: vscode.l10n.t('It ended without saying why.') };
        const sentence = [vscode.l10n.t('{0} failed: {1}', kindOf(record), message), advice].filter(Boolean).join(' ');
        return this.notices.failure(sentence, ...slower, log, ...resume);
      }
      case 'lost':
        return this.notices.failure(
          vscode.l10n.t('The worker of {0} is gone without having said why.', name),
          log,
          ...resume,
        );
      case 'starting':
      case 'running':
      case 'stopping':
    }
  }

  private done(folder: string, record: RunRecord, name: string, show: NoticeAction): void {
    const { request } = record;
    switch (request.kind) {
      case 'align':
        return this.aligned(record, name, request);
      case 'train':
        return this.trained(folder, record, name, show);
      case 'validate':
        return this.notices.information(vscode.l10n.t('{0} is validated.', name), show);
      case 'classifier':
        return this.notices.information(vscode.l10n.t('{0} is trained.', name), {
          title: vscode.l10n.t('Classify Folder…'),
          run: () => vscode.commands.executeCommand(commandIds.classifyFolder, { classifier: request.output }),
        });
      case 'classify':
      case 'identify':
        return this.notices.information(vscode.l10n.t('{0} is done.', name), show);
      case 'demo':
        // Create Demo Workspace offers what comes next by itself.
        return;
    }
  }

  /** Whether it got better, and the step that is most worth taking then. */
  private trained(folder: string, record: RunRecord, name: string, show: NoticeAction): void {
    const { verdict } = record;
    const sentence = verdict === undefined ? noVerdict(record, true) : verdictSentence(verdict);
    const [first] = nextSteps(verdict);
    const next = { title: nextStepLabel(first!), run: async () => takeNextStep(first!, folder, record) };
    const said = vscode.l10n.t('{0} is done. {1}.', name, sentence);
    if (verdict?.kind === 'worse' || verdict?.kind === 'collapsed') this.notices.warning(said, show, next);
    else this.notices.information(said, show, next);
  }

  private aligned(record: RunRecord, name: string, request: AlignRequest): void {
    // Faces of photographs that lie elsewhere lie elsewhere too, and would not be found.
    if (!workspaceRoots().some((root) => isInside(root, request.outputDir)))
      void this.library.addDataset(request.outputDir).catch((error: unknown) => this.notices.problem(error));
    const found = action(vscode.l10n.t('Show What Was Found'), commandIds.showAlignment, request.outputDir);
    if (foundNobody(record)) {
      return this.notices.warning(
        vscode.l10n.t(
          'No face was found in {0}. Are these photographs of faces at least 20 pixels wide, and upright?',
          shorten(request.inputDir),
        ),
        found,
        action(vscode.l10n.t('Show Photographs'), commandIds.showGallery, request.inputDir),
      );
    }
    return this.notices.information(
      vscode.l10n.t('{0} in {1}.', facesOf(record, name), shorten(request.outputDir)),
      {
        title: vscode.l10n.t('Fine-Tune…'),
        run: () => vscode.commands.executeCommand(commandIds.fineTune, { dataDir: request.outputDir }),
      },
      found,
    );
  }
}

function action(title: string, command: string, argument: unknown): NoticeAction {
  return { title, run: () => vscode.commands.executeCommand(command, argument) };
}

function workerLog(folder: string): NoticeAction {
  return {
    title: vscode.l10n.t('Show Worker Log'),
    run: async () => vscode.window.showTextDocument(vscode.Uri.joinPath(vscode.Uri.file(folder), 'worker.log')),
  };
}

function recoveryWords(title: string, step: number): Record<RecoveryCause, string> {
  return {
    memory: vscode.l10n.t('{0} ran out of memory at step {1} and goes on with fewer images at a time.', title, step),
    hang: vscode.l10n.t('{0} hung at step {1} and was started again from its last checkpoint.', title, step),
    crash: vscode.l10n.t('{0} crashed at step {1} and was started again from its last checkpoint.', title, step),
    divergence: vscode.l10n.t('{0} diverged at step {1} and goes on from an earlier checkpoint.', title, step),
  };
}

/** Whether an alignment has no face to go on with, neither a new one nor one of an earlier run. */
function foundNobody({ result = {} }: RunRecord): boolean {
  const { faces, present } = result as Record<string, number | undefined>;
  return faces === 0 && (present ?? 0) === 0;
}

/** What an alignment has counted, e.g. `288 faces, 3 photographs without one,`. */
function facesOf({ result = {} }: RunRecord, name: string): string {
  const { faces, present, noFace, unreadable } = result as Record<string, number | undefined>;
  if (faces === undefined) return vscode.l10n.t('{0} is done; the faces are', name);
  const parts = [counted.faces(faces + (present ?? 0))];
  if (noFace === 1) parts.push(vscode.l10n.t('one photograph without a face'));
  else if (noFace) parts.push(vscode.l10n.t('{0} photographs without one', noFace));
  if (unreadable === 1) parts.push(vscode.l10n.t('one file that cannot be read'));
  else if (unreadable) parts.push(vscode.l10n.t('{0} files that cannot be read', unreadable));
  return vscode.l10n.t('{0} is done: {1},', name, parts.join(', '));
}
