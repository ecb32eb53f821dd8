// Classifiers as the window knows them: by the beginning of their files, which may be large.
import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import type { ModelIdentity } from '../../src/protocol/modelIdentity';

/** What the names of classifiers end with in a workspace. */
export const classifierEnding = '.classifier.json';
/** What stands before the names of the people is no longer. */
const longestBeginning = 1 << 14;

/** What a classifier's file begins with. */
export interface ClassifierHeader {
  /** The model whose embeddings it tells apart. */
  model: ModelIdentity;
}

/** The classifiers of the workspace, with the models that they were made with; what is none is left out. */
export async function findClassifiers(): Promise<{ path: string; header: ClassifierHeader }[]> {
  const files = await vscode.workspace.findFiles(`**/*${classifierEnding}`, '**/{node_modules,.facenet}/**', 200);
  const found = await Promise.all(
    files.map(async ({ fsPath: path }) => {
      const header = await readClassifierHeader(path).catch(() => undefined);
      return header === undefined ? [] : [{ path, header }];
    }),
  );
  return found.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What a classifier's file begins with. @throws UserError where it is none */
export async function readClassifierHeader(path: string): Promise<ClassifierHeader> {
  const { classifierFileSchema } = await import('../../src/protocol/classifier');
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(longestBeginning), 0, longestBeginning, 0);
      const beginning = buffer.toString('utf8', 0, bytesRead);
      // In a string the quotes would have backslashes before them.
      const end = beginning.search(/,\s*"people"\s*:/);
      const header: unknown = JSON.parse(`${beginning.slice(0, Math.max(0, end))}}`);
      return classifierFileSchema.pick({ version: true, kind: true, model: true }).parse(header);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new UserError(
      vscode.l10n.t('{0} is no classifier.', path),
      vscode.l10n.t('Train a new one: Train Classifier….'),
      { cause },
    );
  }
}
