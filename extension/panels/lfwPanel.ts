import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type ComparedReport, readComparedReport } from '../../src/evaluate/readReport';
import type { LfwReport } from '../../src/protocol/lfwReport';
import type { FromPage } from '../../src/protocol/webview';
import { commandIds } from '../identifiers';
import { PagePanel } from './pagePanel';

export interface LoadedReport extends ComparedReport {
  path: string;
}

/** @throws UserError when the report cannot be read. */
export async function loadReport(path: string): Promise<LoadedReport> {
  return { path, ...(await readComparedReport(path)) };
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
    } else if (message.type === 'exportReport') {
      const { format, threshold } = message;
      void vscode.commands.executeCommand(commandIds.exportReport, { report: this.loaded.path, format, threshold });
    }
  }
}

function titleOf({ model }: LfwReport): string {
  const name = model.name === '' ? basename(model.path) : model.name;
  return model.step === undefined ? name : `${name}, step ${model.step}`;
}
