import * as vscode from 'vscode';
import type { DatasetServices } from './datasetServices';

/** Shows only people whose names have a part in them; an empty answer shows all. A text as argument is not asked for. */
export async function filterDatasets({ datasetFilter }: DatasetServices, argument?: unknown): Promise<void> {
  const name =
    typeof argument === 'string'
      ? argument
      : await vscode.window.showInputBox({
          title: vscode.l10n.t('Filter People'),
          prompt: vscode.l10n.t('Part of a name; empty shows everybody'),
          value: datasetFilter.name,
        });
  if (name !== undefined) await datasetFilter.set({ name });
}

/** Shows only people with something wrong. */
export async function showOnlyProblems({ datasetFilter }: DatasetServices): Promise<void> {
  await datasetFilter.set({ onlyProblems: true });
}

/** Shows everybody again. */
export async function clearDatasetFilter({ datasetFilter }: DatasetServices): Promise<void> {
  await datasetFilter.set({ name: '', onlyProblems: false });
}
