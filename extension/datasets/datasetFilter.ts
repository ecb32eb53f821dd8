import * as vscode from 'vscode';
import { Disposable } from '../disposable';
import { contextKeys } from '../identifiers';

/** Which people the Datasets view shows. */
export class DatasetFilter extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changed.event;
  private part = '';
  private problemsOnly = false;

  /** Part of a name, as typed. */
  get name(): string {
    return this.part;
  }

  /** Only people with something wrong. */
  get onlyProblems(): boolean {
    return this.problemsOnly;
  }

  get isActive(): boolean {
    return this.part !== '' || this.problemsOnly;
  }

  /** Tells one filter from another. */
  get key(): string {
    return `${plain(this.part)}${this.problemsOnly ? ', only problems' : ''}`;
  }

  /** Whether a person's name has the part in it; case and the underscores of folder names do not matter. */
  matches(person: string): boolean {
    return plain(person).includes(plain(this.part));
  }

  /** What the view says above its rows; undefined without a filter. */
  get message(): string | undefined {
    const parts = [
      ...(this.part === '' ? [] : [vscode.l10n.t('people named “{0}”', this.part)]),
      ...(this.problemsOnly ? [vscode.l10n.t('only problems')] : []),
    ];
    return parts.length === 0 ? undefined : vscode.l10n.t('Filtered: {0}', parts.join(', '));
  }

  async set(filter: { name?: string; onlyProblems?: boolean }): Promise<void> {
    this.part = filter.name?.trim() ?? this.part;
    this.problemsOnly = filter.onlyProblems ?? this.problemsOnly;
    await vscode.commands.executeCommand('setContext', contextKeys.datasetsFiltered, this.isActive);
    this.changed.fire();
  }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', ' ').trim();
}
