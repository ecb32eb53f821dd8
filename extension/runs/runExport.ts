// What the Run tab writes where the user wants it. The dialog asks before a file is replaced.
import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RunSeries } from '../../src/series/runSeries';
import { seriesCsv } from '../../src/series/seriesCsv';
import { commandIds } from '../identifiers';
import type { Notices } from '../notices';
import { properNames } from '../properNames';
import { pickOne } from '../inputs/pickers';
import { workspaceRoot } from '../workspace/library';

/** @param range of the steps that are visible, where these are not all: the user is asked which of them he means. */
export async function exportCsv(
  title: string,
  series: RunSeries,
  notices: Notices,
  range: readonly [number, number] | undefined,
): Promise<void> {
  const extent = range === undefined ? 'all' : await askForExtent(range);
  if (extent === undefined) return;
  const target = await askForFile(`${fileName(title)}.csv`, properNames.csv, 'csv');
  if (target === undefined) return;
  const parts: Buffer[] = [];
  for (const part of seriesCsv(series, extent === 'all' ? undefined : range)) {
    parts.push(Buffer.from(part));
    // A million rows take a second, in which others in the extension host want to live.
    await setImmediate();
  }
  await write(target, Buffer.concat(parts), notices);
}

/** @param png of the charts, as the page has drawn them. */
export async function exportPng(title: string, png: Uint8Array, notices: Notices): Promise<void> {
  const target = await askForFile(`${fileName(title)}.png`, properNames.png, 'png');
  if (target !== undefined) await write(target, png, notices);
}

async function askForExtent([from, to]: readonly [number, number]): Promise<'visible' | 'all' | undefined> {
  return pickOne<'visible' | 'all'>(vscode.l10n.t('Export CSV'), vscode.l10n.t('Steps to export'), [
    { label: vscode.l10n.t('Visible steps: {0} to {1}', from, to), value: 'visible' },
    { label: vscode.l10n.t('All steps'), value: 'all' },
  ]);
}

async function askForFile(name: string, kind: string, extension: string): Promise<vscode.Uri | undefined> {
  const root = workspaceRoot();
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export {0}', kind),
    filters: { [kind]: [extension] },
    ...(root !== undefined && { defaultUri: vscode.Uri.joinPath(vscode.Uri.file(root), name) }),
  });
}

async function write(target: vscode.Uri, content: Uint8Array, notices: Notices): Promise<void> {
  await vscode.workspace.fs.writeFile(target, content);
  const path = target.fsPath;
  notices.information(vscode.l10n.t('Exported to {0}.', path), {
    title: vscode.l10n.t('Reveal'),
    run: () => vscode.commands.executeCommand(commandIds.reveal, path),
  });
}

/** The run's title without what file systems do not like. */
function fileName(title: string): string {
  return title.replace(/[\\/:*?"<>|\s]+/g, '-');
}
