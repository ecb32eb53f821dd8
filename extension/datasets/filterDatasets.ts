import * as vscode from 'vscode';
import type { Services } from '../services';

/** Shows only people whose names have a part in them; an empty answer shows all. A text as argument is not asked for. */
export async function filterDatasets({ datasetFilter }: Services, argument?: unknown): Promise<void> {
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
