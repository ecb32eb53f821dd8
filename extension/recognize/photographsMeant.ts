import * as vscode from 'vscode';

/** Photographs and folders that a command of the Explorer, of a row or with options is about. */
export function photographsMeant(argument: unknown): string[] {
  if (argument instanceof vscode.Uri) return [argument.fsPath];
  if (Array.isArray(argument))
    return argument.flatMap((entry: unknown) => (entry instanceof vscode.Uri ? [entry.fsPath] : []));
  const { photographs } = (argument ?? {}) as { photographs?: unknown };
  return Array.isArray(photographs) ? photographs.filter((each) => typeof each === 'string') : [];
}
