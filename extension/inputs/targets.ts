// What a command is about: every command can be given it as an argument, by a tree row, a menu or a keybinding.
import * as vscode from 'vscode';

/** The path that an argument means: a string, a Uri, a row of a tree, or an object with one of `keys`. */
export function pathOf(argument: unknown, ...keys: string[]): string | undefined {
  if (typeof argument === 'string') return argument === '' ? undefined : argument;
  if (argument instanceof vscode.Uri) return argument.fsPath;
  if (typeof argument !== 'object' || argument === null) return undefined;
  for (const key of keys) {
    const value = (argument as Record<string, unknown>)[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** The options object that a command was called with; a tree row or a Uri is none. */
export function optionsOf<T extends object>(argument: unknown): Partial<T> {
  const isObject = typeof argument === 'object' && argument !== null;
  return isObject && !('kind' in argument) && !(argument instanceof vscode.Uri) ? argument : {};
}
