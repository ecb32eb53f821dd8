import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as vscode from 'vscode';
import { readClassification } from '../../src/evaluate/readRunReport';
import { isInside } from '../../src/files/insideFolder';
import type { ClassificationReport } from '../../src/protocol/classificationReport';
import type { FromClassificationPage } from '../../src/protocol/webview';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';

/** The report that a tab is about. */
export interface ClassificationTab {
  kind: 'classification';
  report: string;
}

type Needs = Pick<Services, 'library'>;

/** What a classifier has said to the faces of a folder: how often who is taken for whom, and each face. */
export class ClassificationPanel extends PagePanel<ClassificationTab> {
  constructor(
    place: PagePlace,
    about: ClassificationTab,
    readonly report: ClassificationReport,
    /** Whether the folder that the report names is one whose pictures may be shown. */
    private readonly mayShow: boolean,
  ) {
    super(place, about);
    this.load(this.name(), mayShow ? [vscode.Uri.file(report.imagesDir)] : []);
  }

  protected hydrate(): void {
    const { report, mayShow } = this;
    const folder = vscode.Uri.file(report.imagesDir);
    const isThere = existsSync(report.imagesDir);
    this.send({
      ...{ type: 'hydrateClassification', title: this.name(), report },
      ...(mayShow && isThere && { imageBase: this.panel.webview.asWebviewUri(folder).toString() }),
      ...(!isThere && {
        missing: vscode.l10n.t(
          'The pictures cannot be shown: the folder {0} was moved or deleted. The numbers are complete.',
          report.imagesDir,
        ),
      }),
      ...(isThere &&
        !mayShow && {
          missing: vscode.l10n.t(
            'The pictures are not shown: the folder {0} is neither in the workspace nor one of its datasets. Add it with Add Dataset, then open the report again.',
            report.imagesDir,
          ),
        }),
    });
  }

  protected answer({ path }: FromClassificationPage): void {
    const { report, mayShow } = this;
    const file = resolve(report.imagesDir, path);
    // A report is a file like any other: it must not lead out of its own folder.
    if (mayShow && isInside(report.imagesDir, file))
      void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), { preview: true });
  }

  private name(): string {
    const { classifier, imagesDir } = this.report;
    return vscode.l10n.t('{0} on {1}', basename(classifier), basename(imagesDir));
  }
}

/** The kind of the tab: one for each report. */
export const classificationPage: PageKind<ClassificationTab, ClassificationPanel, Needs> = {
  name: 'classification',
  icon: 'gallery.svg',
  keyOf: ({ report }) => report,
  open: async (about, { library }) => {
    const report = await readClassification(about.report);
    const mayShow = await library.mayShow(resolve(report.imagesDir));
    return (place) => new ClassificationPanel(place, about, report, mayShow);
  },
};

/** @throws UserError where the file is no report of a classification */
export async function showClassification(panels: Panels, report: string): Promise<ClassificationPanel> {
  return panels.show(classificationPage, { kind: 'classification', report: resolve(report) });
}
