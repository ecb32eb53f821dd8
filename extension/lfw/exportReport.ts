import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { commandIds } from '../identifiers';
import { pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { listReports } from './results';
import { failureOf } from '../jobs/commandLine';
import { properNames } from '../properNames';
import type { Services } from '../services';
import { workspaceRoot } from '../workspace/library';

type Format = 'html' | 'json';

interface ExportOptions {
  /** What the report is of; default pairs. */
  kind: 'identification';
  report: string;
  format: Format;
  threshold: number;
  /** Report to compare with, null for none; absent: the first evaluation of the same run. */
  baseline: string | null;
  /** Path to write; asked where it is missing. */
  target: string;
}

/**
 * Writes a report on pairs or of an identification where the user wants it, as one HTML file with charts and pictures or as the JSON that it is.
 * Resolves to the file, or undefined when the user changed his mind.
 */
export async function exportReport(services: Services, argument?: unknown): Promise<string | undefined> {
  const options = optionsOf<ExportOptions>(argument);
  const report = options.report ?? pathOf(argument, 'report') ?? (await pickReport(services));
  if (report === undefined) return undefined;
  const format = options.format ?? (await pickFormat());
  if (format === undefined) return undefined;
  const isIdentification = options.kind === 'identification';
  const model = await modelOf(report, isIdentification);
  const { shownModel } = await import('../../src/evaluate/reportNames');
  const step = model.step === undefined ? '' : `-${model.step}`;
  const target =
    options.target ??
    (await askForFile(`${isIdentification ? 'identification' : 'lfw'}-${shownModel(model)}${step}.${format}`, format));
  if (target === undefined) return undefined;

  if (format === 'json') {
    await vscode.workspace.fs.copy(vscode.Uri.file(report), vscode.Uri.file(target), { overwrite: true });
  } else {
    // The dialog has asked whether an existing file is replaced.
    const { code, stderr } = await services.commandLine.run([
      ...['report', report, '--html', target, '--force'],
      ...(options.threshold === undefined ? [] : ['--threshold', String(options.threshold)]),
      ...(options.baseline === null ? ['--no_baseline'] : []),
      ...(typeof options.baseline === 'string' ? ['--baseline', options.baseline] : []),
    ]);
    if (code !== 0) throw failureOf('report', code, stderr);
  }
  services.notices.information(vscode.l10n.t('The report is in {0}.', target), {
    title: vscode.l10n.t('Reveal'),
    run: () => vscode.commands.executeCommand(commandIds.reveal, target),
  });
  return target;
}

/** The model that a report is about. */
async function modelOf(report: string, isIdentification: boolean): Promise<LfwReport['model']> {
  if (!isIdentification) return (await (await import('../../src/evaluate/readReport')).readReport(report)).model;
  return (await (await import('../../src/evaluate/readRunReport')).readIdentification(report)).model;
}

async function pickReport({ runs }: Services): Promise<string | undefined> {
  const choices = (await listReports(await runs.list())).map(({ path, label, description }) => ({
    label,
    description,
    value: path,
  }));
  if (choices.length === 0) {
    throw new UserError(
      vscode.l10n.t('There is no LFW report in this workspace yet.'),
      vscode.l10n.t('Make one with Validate on LFW…, or open one and use its own Export buttons.'),
    );
  }
  return pickOne(vscode.l10n.t('Export LFW Report'), vscode.l10n.t('Report to export'), choices);
}

async function pickFormat(): Promise<Format | undefined> {
  return pickOne<Format>(vscode.l10n.t('Export LFW Report'), vscode.l10n.t('Format'), [
    {
      label: properNames.html,
      detail: vscode.l10n.t('One file with charts and the pictures of wrong pairs'),
      value: 'html',
    },
    { label: properNames.json, detail: vscode.l10n.t('All numbers and distances'), value: 'json' },
  ]);
}

async function askForFile(name: string, format: Format): Promise<string | undefined> {
  const root = workspaceRoot();
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export LFW Report'),
    filters: { [format.toUpperCase()]: [format] },
    ...(root !== undefined && { defaultUri: vscode.Uri.file(join(root, name)) }),
  });
  return uri?.fsPath;
}
