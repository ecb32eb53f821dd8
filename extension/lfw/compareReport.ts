import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { nameInChoice, shownChoice } from '../shown';
import { UserError } from '../../src/protocol/errors';
import { browseFile } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { activeReport, reportTab, showReport } from './lfwPanel';
import { listReports } from './results';

interface CompareOptions {
  report: string;
  /** Report to compare with; null: none. */
  baseline: string | null;
}

/** A row that leads to the file dialog. */
const browse = 'browse';

type Choice = vscode.QuickPickItem & { value?: string | null };

/**
 * Chooses what the numbers of an LFW tab are compared with: another report, none, or again the first evaluation of its
 * run. Resolves to the baseline's path, null for none.
 */
export async function compareReport(services: Services, argument?: unknown): Promise<string | null | undefined> {
  const { panels } = services;
  const options = optionsOf<CompareOptions>(argument);
  const report = options.report ?? pathOf(argument, 'report') ?? activeReport(panels);
  if (report === undefined) {
    throw new UserError(
      vscode.l10n.t('No LFW report is open in the active tab.'),
      vscode.l10n.t('Open one with Show Metrics or Validate on LFW…, then choose what it is compared with.'),
    );
  }
  const choice = options.baseline === undefined ? await pickBaseline(services, report) : { value: options.baseline };
  if (choice === undefined) return undefined;
  const baseline =
    choice.value === browse ? await browseFile(vscode.l10n.t('Compare LFW Report'), { JSON: ['json'] }) : choice.value;
  if (choice.value === browse && baseline === undefined) return undefined;
  const panel = reportTab(panels, report) ?? (await showReport(panels, report));
  await panel.compareWith(baseline);
  return baseline;
}

async function pickBaseline({ runs }: Services, report: string): Promise<Choice | undefined> {
  const others = (await listReports(await runs.list())).filter(({ path }) => path !== resolve(report));
  const choices: Choice[] = [
    { label: vscode.l10n.t('First evaluation of the same run'), description: vscode.l10n.t('before any step') },
    { label: vscode.l10n.t('Nothing'), description: vscode.l10n.t('the numbers alone'), value: null },
    { label: vscode.l10n.t('Reports of this workspace'), kind: vscode.QuickPickItemKind.Separator },
    ...others.map(({ path, label, description }) => ({ label: nameInChoice(label), description, value: path })),
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a report…')}`, alwaysShow: true, value: browse },
  ];
  return vscode.window.showQuickPick(choices.map(shownChoice), {
    title: vscode.l10n.t('Compare LFW Report'),
    placeHolder: vscode.l10n.t('What the numbers are compared with'),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
}
