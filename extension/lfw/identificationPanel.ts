import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { readIdentification } from '../../src/evaluate/readRunReport';
import type { IdentificationReport } from '../../src/protocol/identificationReport';
import type { FromIdentificationPage } from '../../src/protocol/webview';
import { commandIds } from '../identifiers';
import { modelName } from '../jobs/runNames';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';

/** The report that a tab is about. */
export interface IdentificationTab {
  kind: 'identification';
  report: string;
}

type Needs = Pick<Services, 'runs'>;

/** Whether enrolled people are found and strangers refused, with what so much data can claim. */
export class IdentificationPanel extends PagePanel<IdentificationTab> {
  constructor(
    place: PagePlace,
    about: IdentificationTab,
    readonly report: IdentificationReport,
    /** What the model is called, with its step. */
    private readonly name: string,
  ) {
    super(place, about);
    this.load(vscode.l10n.t('Identification: {0}', name));
  }

  protected hydrate(): void {
    this.send({ type: 'hydrateIdentification', title: this.name, report: this.report });
  }

  protected answer(message: FromIdentificationPage): void {
    const { report } = this.state;
    switch (message.type) {
      case 'revealFolder':
        void vscode.commands.executeCommand(commandIds.reveal, dirname(dirname(report)));
        break;
      case 'exportIdentification':
        void vscode.commands.executeCommand(commandIds.exportReport, {
          ...{ report, format: message.format, kind: 'identification' },
        });
        break;
    }
  }
}

/** The kind of the tab: one for each report. */
export const identificationPage: PageKind<IdentificationTab, IdentificationPanel, Needs> = {
  name: 'identification',
  icon: 'target.svg',
  keyOf: ({ report }) => report,
  open: async (about, { runs }) => {
    const report = await readIdentification(about.report);
    const { name, path, step } = report.model;
    const own = step === undefined ? name : vscode.l10n.t('{0}, step {1}', name, step);
    const title = await modelName(runs, path, own);
    const on = vscode.l10n.t('{0} on {1}', title, basename(report.probes.dir));
    return (place) => new IdentificationPanel(place, about, report, on);
  },
};

/** @throws UserError where the file is no report of an identification */
export async function showIdentification(panels: Panels, report: string): Promise<IdentificationPanel> {
  return panels.show(identificationPage, { kind: 'identification', report: resolve(report) });
}
