import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { type LfwReport, lfwReportSchema } from '../../src/protocol/lfwReport';
import type { FromPage } from '../../src/protocol/webview';
import { readEvents } from '../../src/run/metricsLog';
import { commandIds } from '../identifiers';
import { PagePanel } from './pagePanel';

export interface LoadedReport {
  path: string;
  report: LfwReport;
  baseline?: LfwReport;
  /** Run folder that the report belongs to. */
  runFolder: string;
}

/** @throws UserError when the file is no LFW report. */
export async function readReport(path: string): Promise<LfwReport> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The report ${path} cannot be read.`, 'Validate again to make a new one.', { cause });
  });
  try {
    return lfwReportSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(`${path} is not an LFW report of this version.`, 'Validate again to make a new one.', {
      cause,
    });
  }
}

/**
 * A report with what it is compared to: in a training run the first evaluation of the same run, which is the
 * pretrained model before any step.
 *
 * @throws UserError when the report cannot be read.
 */
export async function loadReport(path: string): Promise<LoadedReport> {
  const runFolder = dirname(dirname(path));
  const report = await readReport(path);
  const evaluations = (await readEvents(join(runFolder, 'metrics.jsonl'))).filter((event) => event.type === 'lfw');
  const first = evaluations[0];
  const isFirst = first === undefined || join(runFolder, first.report) === path;
  const baseline = isFirst ? undefined : await readReport(join(runFolder, first.report)).catch(() => undefined);
  return { path, report, runFolder, ...(baseline !== undefined && { baseline }) };
}

/** The LFW tab: one report, with the pictures of its pairs and a baseline where there is one. */
export class LfwPanel extends PagePanel {
  constructor(
    panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private readonly loaded: LoadedReport,
  ) {
    super(panel, extensionUri, 'lfw', { kind: 'lfw', report: loaded.path });
    this.load(`LFW: ${titleOf(loaded.report)}`, 'target.svg', [vscode.Uri.file(loaded.report.imagesDir)]);
  }

  get report(): LfwReport {
    return this.loaded.report;
  }

  protected hydrate(): void {
    const { report, baseline } = this.loaded;
    const imageBase = this.panel.webview.asWebviewUri(vscode.Uri.file(report.imagesDir)).toString();
    this.send({
      type: 'hydrateLfw',
      report,
      title: titleOf(report),
      imageBase,
      ...(baseline !== undefined && { baseline }),
    });
  }

  protected answer(message: Exclude<FromPage, { type: 'ready' }>): void {
    if (message.type === 'revealFolder') {
      void vscode.commands.executeCommand(commandIds.reveal, this.loaded.runFolder);
    }
  }
}

function titleOf({ model }: LfwReport): string {
  const name = model.name === '' ? basename(model.path) : model.name;
  return model.step === undefined ? name : `${name}, step ${model.step}`;
}
