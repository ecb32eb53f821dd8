import * as vscode from 'vscode';
import type { Problem } from '../../src/dataset/problems';
import { UserError } from '../../src/protocol/errors';
import { Disposable } from '../disposable';
import type { CommandLine } from '../jobs/commandLine';

/**
 * What is wrong with the images of a dataset. Looking inside images needs a native decoder, so `facenet clean` does it
 * in a child process; it only lists.
 */
export class DatasetChecks extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<string>());
  /** Carries the dataset's path. */
  readonly onDidChange = this.changed.event;
  private readonly found = new Map<string, readonly Problem[]>();

  constructor(private readonly commandLine: CommandLine) {
    super();
  }

  /** Undefined where the dataset has not been checked. */
  of(dataset: string): readonly Problem[] | undefined {
    return this.found.get(dataset);
  }

  ofPerson(dataset: string, person: string): readonly Problem[] {
    return (this.found.get(dataset) ?? []).filter((problem) => problem.person === person);
  }

  ofPath(dataset: string, path: string): readonly Problem[] {
    return (this.found.get(dataset) ?? []).filter((problem) => problem.path === path);
  }

  /** @throws UserError with the command's own line when the dataset cannot be read. */
  async check(dataset: string, signal?: AbortSignal): Promise<readonly Problem[]> {
    const options = signal === undefined ? {} : { signal };
    const { code, stdout, stderr } = await this.commandLine.run(['clean', dataset, '--json'], options);
    if (code !== 0) throw new UserError(stderr.trim().split('\n').at(-1) ?? `${dataset} could not be checked.`);
    const { parseProblems } = await import('./problemList');
    const problems = parseProblems(stdout);
    this.found.set(dataset, problems);
    this.changed.fire(dataset);
    return problems;
  }
}
