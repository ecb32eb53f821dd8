import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import { type ComparedReport, readComparedReport } from '../../src/evaluate/readReport';
import { isOnLfw, shownModel } from '../../src/evaluate/reportNames';
import { describeError } from '../../src/protocol/errors';
import type { LineageStep } from '../../src/protocol/lineage';
import type { LfwReport } from '../../src/protocol/lfwReport';
import type { NextStep } from '../../src/protocol/verdict';
import type { FromLfwPage } from '../../src/protocol/webview';
import { isSetFile } from '../../src/recognize/setFile';
import { openRunFolder } from '../../src/run/runFolder';
import { commandIds } from '../identifiers';
import { lineageOfReport } from '../jobs/lineage';
import { modelName } from '../jobs/runNames';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';
import { takeNextStep, takeNextStepOfReport } from './nextStep';
import { correctLabel, excludeImage } from './pairActions';
import { photographOf, photographsOf } from './photographs';

type Needs = Pick<Services, 'library' | 'log' | 'notices' | 'runs'>;

/** The report that a tab is about. */
export interface LfwTab {
  kind: 'lfw';
  report: string;
  /** Report that was chosen to compare with, null for none; absent: the first evaluation of the same run. */
  baseline?: string | null;
}

export interface LoadedReport extends ComparedReport {
  path: string;
  /** Report that was chosen to compare with, null for none; undefined: the first evaluation of the same run. */
  chosen: string | null | undefined;
  /** Report that was chosen before and cannot be read any more. */
  lost?: string;
}

/** @throws UserError when the report, or the one that was chosen to compare with, cannot be read. */
export async function loadReport(path: string, chosen?: string | null): Promise<LoadedReport> {
  return { path, chosen, ...(await readComparedReport(path, chosen)) };
}

function stateOf({ path, chosen }: LoadedReport): LfwTab {
  return { kind: 'lfw', report: path, ...(chosen !== undefined && { baseline: chosen }) };
}

/** The LFW tab: one report, with the pictures of its pairs and a baseline where there is one. */
export class LfwPanel extends PagePanel<LfwTab> {
  constructor(
    place: PagePlace,
    private loaded: LoadedReport,
    /** Whether the folder that the report names is one whose pictures may be shown. */
    private readonly mayShow: boolean,
    /** Folder of the photographs that the faces were cut out of, where that is known and may be shown. */
    private readonly photographs: string | undefined,
    /** What the model is called, with its step. */
    private readonly name: string,
    private readonly needs: Needs,
  ) {
    super(place, stateOf(loaded));
    const folders = [this.pictures, photographs === undefined ? undefined : vscode.Uri.file(photographs)];
    this.load(
      headingOf(loaded.report, name),
      folders.filter((folder) => folder !== undefined),
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
    this.choose(stateOf(this.loaded));
    this.hydrate();
  }

  protected hydrate(): void {
    const { report, baseline, verdict, lost } = this.loaded;
    const { pictures } = this;
    const { imagesDir } = report;
    const isGone = pictures !== undefined && !existsSync(pictures.fsPath);
    const isSet = isSetFile(resolve(imagesDir));
    this.send({
      type: 'hydrateLfw',
      report,
      title: this.name,
      ...(pictures !== undefined &&
        !isGone &&
        !isSet && { imageBase: this.panel.webview.asWebviewUri(pictures).toString() }),
      ...(isGone && {
        missing: vscode.l10n.t(
          'The pictures cannot be shown: the folder {0} was moved or deleted. The numbers are complete.',
          pictures.fsPath,
        ),
      }),
      ...(isSet && {
        missing: vscode.l10n.t(
          'The pictures are packed in the verification set {0}: facenet unpack-pairs makes a folder of them.',
          imagesDir,
        ),
      }),
      ...(imagesDir !== '' &&
        !isSet &&
        !this.mayShow && {
          missing: vscode.l10n.t(
            'The pictures are not shown: the folder {0} is neither in the workspace nor one of its datasets. Add it with Add Dataset, then open the report again.',
            imagesDir,
          ),
        }),
      ...(baseline !== undefined && { baseline }),
      ...(verdict !== undefined && { verdict }),
      ...(lost !== undefined && {
        lost: vscode.l10n.t('The report {0}, which these numbers were compared with, cannot be read any more.', lost),
      }),
    });
  }

  protected override async lineage(): Promise<LineageStep[]> {
    const { path, report } = this.loaded;
    return lineageOfReport(this.needs.runs, path, report.model);
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
      case 'wantPhotographs':
        void this.attempt(() => this.sendPhotographs(message.a, message.b));
        break;
      case 'openPhotograph':
        void this.attempt(() => this.openPhotograph(message.path));
        break;
      case 'wrongLabel':
        void this.attempt(async () => this.withPicture(message.path, correctLabel));
        break;
      case 'excludeImage':
        void this.attempt(async () => this.withPicture(message.path, excludeImage));
        break;
      case 'takeStep':
        void this.attempt(() => this.takeStep(message.step));
        break;
    }
  }

  /**
   * Folder of the pictures; a report on saved embeddings has none. A report is a file like any other: which folder it
   * names is not for it to decide.
   */
  private get pictures(): vscode.Uri | undefined {
    const { imagesDir } = this.loaded.report;
    return imagesDir === '' || !this.mayShow ? undefined : vscode.Uri.file(imagesDir);
  }

  private async openPicture(path: string): Promise<void> {
    await this.withPicture(path, openImage);
  }

  /** Does something with a picture of a pair, by its path in the report. */
  private async withPicture(path: string, use: (file: string) => Promise<unknown>): Promise<void> {
    const { pictures } = this;
    if (pictures === undefined) return;
    const file = resolve(pictures.fsPath, path);
    // A report is a file like any other: it must not lead out of its own folder.
    if (isInside(pictures.fsPath, file)) await use(file);
  }

  private async sendPhotographs(a: string, b: string): Promise<void> {
    const addressOf = async (face: string): Promise<string | undefined> => {
      const file = await this.photographOf(face);
      return file === undefined ? undefined : this.panel.webview.asWebviewUri(vscode.Uri.file(file)).toString();
    };
    this.send({ type: 'photographs', a, b, addresses: [await addressOf(a), await addressOf(b)] });
  }

  private async openPhotograph(face: string): Promise<void> {
    const file = await this.photographOf(face);
    if (file !== undefined) await openImage(file);
  }

  private async photographOf(face: string): Promise<string | undefined> {
    return this.photographs === undefined ? undefined : photographOf(this.photographs, face);
  }

  private async takeStep(step: NextStep): Promise<void> {
    const { report, runFolder } = this.loaded;
    const record = existsSync(join(runFolder, 'run.json')) ? (await openRunFolder(runFolder)).record : undefined;
    if (record?.request.kind === 'train') await takeNextStep(step, runFolder, record);
    else await takeNextStepOfReport(step, report);
  }

  private async attempt(task: () => Promise<unknown>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.needs.notices.problem(error);
    }
  }
}

async function openImage(file: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), { preview: true });
}

/** LFW is a name for its own pairs alone. */
function headingOf(report: LfwReport, title: string): string {
  return isOnLfw(report) ? vscode.l10n.t('LFW: {0}', title) : vscode.l10n.t('Pairs: {0}', title);
}

/** A checkpoint of a run is called by the run's name, as everywhere. */
async function titleOf({ report: { model }, runFolder }: LoadedReport, runs: Needs['runs']): Promise<string> {
  const name = shownModel(model);
  const own = model.step === undefined ? name : vscode.l10n.t('{0}, step {1}', name, model.step);
  // The first report of a training is about the model that it began with.
  return model.step === 0
    ? own
    : modelName(runs, isAbsolute(model.path) ? model.path : join(runFolder, model.path), own);
}

/**
 * Reads the report of a tab. One that comes back is worth having without the report that it was compared with; why that
 * one cannot be read is logged.
 *
 * @throws UserError when the report itself cannot be read.
 */
async function openReport({ report, baseline }: LfwTab, needs: Needs): Promise<(place: PagePlace) => LfwPanel> {
  const { library, log, runs } = needs;
  const loaded = await loadReport(report, baseline).catch(async (error: unknown) => {
    if (typeof baseline !== 'string') throw error;
    const alone = await loadReport(report);
    log.warn(describeError(error));
    return { ...alone, lost: baseline };
  });
  const { imagesDir } = loaded.report;
  const mayShow = imagesDir !== '' && (await library.mayShow(resolve(imagesDir)));
  const source = mayShow ? await photographsOf(resolve(imagesDir)) : undefined;
  const photographs = source !== undefined && (await library.mayShow(source)) ? source : undefined;
  const name = await titleOf(loaded, runs);
  return (place) => new LfwPanel(place, loaded, mayShow, photographs, name, needs);
}

/** The kind of the LFW tab: one for each report. */
export const lfwPage: PageKind<LfwTab, LfwPanel, Needs> = {
  name: 'lfw',
  icon: 'target.svg',
  keyOf: ({ report }) => report,
  open: openReport,
};

/** @throws UserError when the file is no LFW report. */
export async function showReport(panels: Panels, report: string): Promise<LfwPanel> {
  return panels.show(lfwPage, tabOf(report));
}

/** The tab of a report, if it is open. */
export function reportTab(panels: Panels, report: string): LfwPanel | undefined {
  return panels.find(lfwPage, tabOf(report));
}

/** The report in the active tab, if it is one. */
export function activeReport(panels: Panels): string | undefined {
  return panels.active(lfwPage)?.state.report;
}

function tabOf(report: string): LfwTab {
  return { kind: 'lfw', report: resolve(report) };
}
