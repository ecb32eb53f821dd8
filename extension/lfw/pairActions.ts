// What can be done with a picture of a pair that is wrong.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { moveFiles } from '../../src/dataset/clean';
import { UserError } from '../../src/protocol/errors';
import { commandIds } from '../identifiers';
import { pickOne } from '../inputs/pickers';
import type { Services } from '../services';
import { nameInChoice } from '../shown';

type Needs = Pick<Services, 'library' | 'notices'>;

/**
 * Takes a picture out of its folder, as Clean Dataset does with one that is of no use: it asks, and moves it beside the
 * dataset. The next evaluation leaves its pairs out, and says so.
 */
export async function excludeImage(dataset: string, path: string): Promise<void> {
  requirePresent(path);
  await vscode.commands.executeCommand(commandIds.cleanDataset, { kind: 'image', dataset, path });
}

/** Asks whom a picture shows, and moves it to that person; nothing is overwritten. Resolves to where it is now. */
export async function correctLabel(
  dataset: string,
  path: string,
  { library, notices }: Needs,
): Promise<string | undefined> {
  requirePresent(path);
  const said = basename(dirname(path));
  const entries = await readdir(dataset, { withFileTypes: true });
  const people = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== said);
  const person = await pickOne(
    vscode.l10n.t('Wrong Label'),
    vscode.l10n.t('Who is on {0}? It is moved to that person.', basename(path)),
    people.map(({ name }) => ({ label: nameInChoice(name), value: name })),
  );
  if (person === undefined) return undefined;
  const [moved] = await moveFiles(dirname(path), [path], join(dataset, person));
  library.refresh();
  const undo = {
    title: vscode.l10n.t('Undo'),
    run: async () => {
      await moveFiles(join(dataset, person), [moved!.movedTo!], dirname(path));
      library.refresh();
    },
  };
  notices.information(
    vscode.l10n.t('{0} is now {1}; measure again to see what that changes.', basename(path), person),
    undo,
  );
  return moved?.movedTo;
}

function requirePresent(path: string): void {
  if (existsSync(path)) return;
  throw new UserError(
    vscode.l10n.t('{0} is not there any more.', path),
    vscode.l10n.t('Validate again to make a new report.'),
  );
}
