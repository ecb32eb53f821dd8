import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as vscode from 'vscode';
import { type ComparedReport, readComparedReport } from '../../src/evaluate/readReport';
import type { LfwReport } from '../../src/protocol/lfwReport';
import type { FromLfwPage } from '../../src/protocol/webview';
import { commandIds } from '../identifiers';
import { isInside } from '../workspace/library';
import { PagePanel } from './pagePanel';

export interface LoadedReport extends ComparedReport {
  path: string;
  /** Report that was chosen to compare with, null for none; undefined: the first evaluation of the same run. */
  chosen: string | null | undefined;
}

/** @throws UserError when the report, or the one that was chosen to compare with, cannot be read. */
export async function loadReport(path: string, chosen?: string | null): Promise<LoadedReport> {
  return { path, chosen, ...(await readComparedReport(path, chosen)) };
}

/** The LFW tab: one report, with the pictures of its pairs and a baseline where there is one. */
export class LfwPanel extends PagePanel<FromLfwPage> {
  constructor(
    panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private loaded: LoadedReport,
  ) {
    super(panel, extensionUri, 'lfw', { kind: 'lfw', report: loaded.path });
    const pictures = this.pictures;
    this.load(
      vscode.l10n.t('LFW: {0}', titleOf(loaded.report)),
      'target.svg',
      pictures === undefined ? [] : [pictures],
    );
  }

  get report(): LfwReport {
    return this.loaded.report;
  }

  /** For tests. */
  get baseline(): LfwReport | undefined {
    return this.loaded.baseline;
  }

  /** Shows another report as what was before; null shows none, undefined the first evaluation of the same run. */
  async compareWith(chosen: string | null | undefined): Promise<void> {
    this.loaded = await loadReport(this.loaded.path, chosen);
    this.hydrate();
  }

  protected hydrate(): void {
    const { report, baseline, chosen } = this.loaded;
    const { pictures } = this;
    const isGone = pictures !== undefined && !existsSync(pictures.fsPath);
    this.send({
      type: 'hydrateLfw',
      report,
      title: titleOf(report),
      ...(pictures !== undefined && !isGone && { imageBase: this.panel.webview.asWebviewUri(pictures).toString() }),
      ...(isGone && {
        missing: vscode.l10n.t(
          'The pictures cannot be shown: the folder {0} was moved or deleted. The numbers are complete.',
          pictures.fsPath,
        ),
      }),
      ...(baseline !== undefined && { baseline }),
      ...(chosen !== undefined && { chosenBaseline: chosen }),
    });
  }

  protected answer(message: FromLfwPage): void {
    const { path, chosen, runFolder } = this.loaded;
    switch (message.type) {
      case 'revealFolder':
        void vscode.commands.executeCommand(commandIds.reveal, runFolder);
        break;
      case 'exportReport': {
        const { format, threshold } = message;
        void vscode.commands.executeCommand(commandIds.exportReport, {
          report: path,
          format,
          threshold,
          baseline: chosen,
        });
        break;
      }
      case 'chooseBaseline':
        void vscode.commands.executeCommand(commandIds.compareReport, { report: path });
        break;
      case 'openPicture':
        void this.openPicture(message.path);
        break;
    }
  }

  /** Folder of the pictures; a report on saved embeddings has none. */
  private get pictures(): vscode.Uri | undefined {
    const { imagesDir } = this.loaded.report;
    return imagesDir === '' ? undefined : vscode.Uri.file(imagesDir);
  }

  private async openPicture(path: string): Promise<void> {
    const { pictures } = this;
    if (pictures === undefined) return;
    const file = resolve(pictures.fsPath, path);
    // A report is a file like any other: it must not lead out of its own folder.
    if (!isInside(pictures.fsPath, file)) return;
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), { preview: true });
  }
}

function titleOf({ model }: LfwReport): string {
  const name = model.name === '' ? basename(model.path) : model.name;
  return model.step === undefined ? name : vscode.l10n.t('{0}, step {1}', name, model.step);
}
