import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import type { z } from 'zod';
import { UserError } from '../../src/protocol/errors';
import { workspaceRoots } from '../workspace/library';

/** Checks what a command, named as in the palette, was called with. @throws UserError naming the first option that is wrong. */
export function parseRequest<S extends z.ZodType>(schema: S, value: unknown, command: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const told = [...(issue.path.length === 0 ? [] : [issue.path.join('.')]), issue.message].join(': ');
  throw new UserError(vscode.l10n.t('{0} was called with a wrong option: {1}.', command, told));
}

/** The workspace folder whose runs a job on `path` joins: the one it lies in, else the first; `otherwise` without any. */
export function rootFor(path: string, otherwise: string): string {
  const roots = workspaceRoots();
  return roots.find((root) => isInside(root, path)) ?? roots[0] ?? otherwise;
}

/** The last part of a path without the suffixes of a checkpoint, for titles. */
export function shortName(path: string): string {
  return basename(path).replace(/\.(index|meta|pb|data-\d+-of-\d+)$/, '');
}
