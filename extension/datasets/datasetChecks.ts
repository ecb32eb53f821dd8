import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import type { Problem } from '../../src/protocol/problem';
import { Disposable } from '../disposable';
import { type CommandLine, failureOf } from '../jobs/commandLine';
import { rootFor } from '../jobs/jobRequests';

interface Found {
  all: readonly Problem[];
  byPerson: Map<string, Problem[]>;
  byPath: Map<string, Problem[]>;
}

function grouped(problems: readonly Problem[], key: 'person' | 'path'): Map<string, Problem[]> {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const name = problem[key];
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [problem]);
    else group.push(problem);
  }
  return groups;
}

/**
 * What is wrong with the images of a dataset. Looking inside images needs a native decoder, so `facenet clean` does it
 * in a child process; it only lists.
 */
export class DatasetChecks extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<string>());
  /** Carries the dataset's path. */
  readonly onDidChange = this.changed.event;
  private readonly found = new Map<string, Found>();
  /** Datasets of which an earlier window's check has been looked for. */
  private readonly recalled = new Set<string>();
  private readonly outdated = new Set<string>();

  constructor(
    private readonly commandLine: CommandLine,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
  }

  /** Undefined where the dataset has not been checked. What an earlier window has found comes a moment after it is asked for. */
  of(dataset: string): readonly Problem[] | undefined {
    if (!this.recalled.has(dataset)) {
      this.recalled.add(dataset);
      void this.recall(dataset);
    }
    return this.found.get(dataset)?.all;
  }

  /** Whether images have come or gone since the check. */
  isOutdated(dataset: string): boolean {
    return this.outdated.has(dataset);
  }

  ofPerson(dataset: string, person: string): readonly Problem[] {
    return this.found.get(dataset)?.byPerson.get(person) ?? [];
  }

  ofPath(dataset: string, path: string): readonly Problem[] {
    return this.found.get(dataset)?.byPath.get(path) ?? [];
  }

  /** Forgets problems of files that are gone. */
  forget(dataset: string, gone: readonly string[]): void {
    const away = new Set(gone);
    const left = this.of(dataset)?.filter(({ path }) => !away.has(path));
    if (left === undefined) return;
    const wasOutdated = this.outdated.has(dataset);
    this.keep(dataset, left);
    if (wasOutdated) this.outdated.add(dataset);
  }

  /**
   * @param lfw LFW folder or pairs file; people who are in there are flagged.
   * @throws UserError with the command's own line when the dataset cannot be read. */
  async check(dataset: string, signal?: AbortSignal, lfw?: string): Promise<readonly Problem[]> {
    // What is learned of the images is kept where trainings look for it.
    const options = { cwd: rootFor(dataset, dirname(dataset)), ...(signal !== undefined && { signal }) };
    const { code, stdout, stderr } = await this.commandLine.run(
      // A window that a task of Slurm's array has opened looks at the whole, too.
      [...['clean', dataset, '--json', '--shard', '1/1'], ...(lfw === undefined ? [] : ['--lfw', lfw])],
      options,
    );
    if (code !== 0) throw failureOf('clean', code, stderr);
    const [{ problemListSchema }, { readAnswer }] = await Promise.all([
      import('../../src/protocol/problem'),
      import('../jobs/commandAnswer'),
    ]);
    const problems = readAnswer(problemListSchema, 'clean', stdout);
    this.keep(dataset, problems);
    return problems;
  }

  private keep(dataset: string, all: readonly Problem[]): void {
    this.outdated.delete(dataset);
    this.show(dataset, all);
    void this.write(dataset, all);
  }

  private show(dataset: string, all: readonly Problem[]): void {
    this.found.set(dataset, { all, byPerson: grouped(all, 'person'), byPath: grouped(all, 'path') });
    this.changed.fire(dataset);
  }

  private async write(dataset: string, all: readonly Problem[]): Promise<void> {
    try {
      const { keepCheck } = await import('./keptChecks');
      await keepCheck(dataset, all);
    } catch (error) {
      // It is shown all the same, in this window.
      this.log.warn(`What the check of ${dataset} has found is not kept: ${describeError(error)}`);
    }
  }

  private async recall(dataset: string): Promise<void> {
    const { recallCheck } = await import('./keptChecks');
    const kept = await recallCheck(dataset);
    // A check of this window is newer.
    if (kept === undefined || this.found.has(dataset) || this.isDisposed) return;
    if (kept.isOutdated) this.outdated.add(dataset);
    this.show(dataset, kept.problems);
  }
}
