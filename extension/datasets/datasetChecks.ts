import { dirname } from 'node:path';
import * as vscode from 'vscode';
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

  constructor(private readonly commandLine: CommandLine) {
    super();
  }

  /** Undefined where the dataset has not been checked. */
  of(dataset: string): readonly Problem[] | undefined {
    return this.found.get(dataset)?.all;
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
    if (left !== undefined) this.keep(dataset, left);
  }

  /**
   * @param lfw LFW folder or pairs file; people who are in there are flagged.
   * @throws UserError with the command's own line when the dataset cannot be read. */
  async check(dataset: string, signal?: AbortSignal, lfw?: string): Promise<readonly Problem[]> {
    // What is learned of the images is kept where trainings look for it.
    const options = { cwd: rootFor(dataset, dirname(dataset)), ...(signal !== undefined && { signal }) };
    const { code, stdout, stderr } = await this.commandLine.run(
      [...['clean', dataset, '--json'], ...(lfw === undefined ? [] : ['--lfw', lfw])],
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
    this.found.set(dataset, { all, byPerson: grouped(all, 'person'), byPath: grouped(all, 'path') });
    this.changed.fire(dataset);
  }
}
