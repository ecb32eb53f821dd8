import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isImageName } from '../../src/dataset/imageNames';
import { StoppedError, UserError, describeError } from '../../src/protocol/errors';
import type { FaceComparison } from '../../src/protocol/faceComparison';
import type { FromComparePage } from '../../src/protocol/webview';
import { toDisposable } from '../disposable';
import { commandIds } from '../identifiers';
import { pickModel } from '../inputs/pickers';
import { urisOf } from '../inputs/uriList';
import { reportOfModel } from '../jobs/reports';
import { modelName } from '../jobs/runNames';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import type { Services } from '../services';
import { expand, shorten } from '../workspace/library';
import { compare } from './faceComparison';
import { questions } from './questions';

/** What a tab is about. */
export interface CompareTab {
  kind: 'compare';
  /** Photographs that it was opened with, absolute. */
  began: string[];
  /** Those that are compared now. */
  photographs: string[];
  model: string;
}

/** More photographs are not compared at once: each two of them are a cell of the table. */
const mostCompared = 20;

type Needs = Pick<Services, 'commandLine' | 'notices' | 'library' | 'runs'>;

/** Faces of photographs, how far each two of them are from one another, and whether that is one person. */
export class ComparePanel extends PagePanel<CompareTab> {
  private comparison: FaceComparison | undefined;
  private notes: string[] = [];
  private working: Promise<void> | undefined;
  private looking = new AbortController();

  constructor(
    place: PagePlace,
    about: CompareTab,
    private name: string,
    private readonly needs: Needs,
  ) {
    super(place, about);
    this.register(toDisposable(() => this.looking.abort()));
    this.load(titleOf(about.photographs));
    this.compare();
  }

  /** Waits for the comparison that is being made. @returns how many faces were found */
  async compared(): Promise<number> {
    await this.working;
    return this.comparison?.images.length ?? 0;
  }

  /** For tests: as it stands. */
  get result(): FaceComparison | undefined {
    return this.comparison;
  }

  /** For tests: what does not fit. */
  get said(): readonly string[] {
    return this.notes;
  }

  protected hydrate(): void {
    const { comparison, notes } = this;
    const crops = new Map(comparison?.images.map(({ path, crop }) => [path, crop]));
    const photographs = comparison?.images.map(({ path }) => path) ?? this.state.photographs;
    this.send({
      ...{ type: 'hydrateCompare', model: this.name, notes, working: this.working !== undefined },
      photographs: photographs.map((path) => {
        const crop = crops.get(path);
        return { path, name: shorten(path), ...(crop !== undefined && { crop }) };
      }),
      ...(comparison !== undefined && { result: resultOf(comparison) }),
    });
  }

  protected answer(message: FromComparePage): void {
    switch (message.type) {
      case 'addPhotographs':
        return this.attempt(async () => this.add(await questions.photographs(vscode.l10n.t('Compare Faces'))));
      case 'dropped':
        return this.attempt(async () => this.drop(message.uris));
      case 'chooseModel':
        return this.attempt(() => this.chooseModel());
      case 'measureModel':
        return this.attempt(() => this.measureModel());
      case 'openImage':
        // The page is trusted with no other paths.
        if (this.state.photographs.includes(message.path))
          void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(message.path));
    }
  }

  private attempt(task: () => Promise<void>): void {
    task().catch((error: unknown) => this.needs.notices.problem(error));
  }

  private async add(paths: readonly string[]): Promise<void> {
    const photographs = [...new Set([...this.state.photographs, ...paths.filter(isImageName)])];
    if (photographs.length === this.state.photographs.length) return;
    requireRoom(photographs.length);
    this.choose({ ...this.state, photographs });
    this.retitle(titleOf(photographs));
    this.compare();
  }

  private async drop(list: string): Promise<void> {
    const files = urisOf(list).filter(({ scheme }) => scheme === 'file');
    if (files.length > 0) return this.add(files.map(({ fsPath }) => fsPath));
    this.needs.notices.information(
      vscode.l10n.t('What was dropped does not say where it lies here: choose it with Add Photographs….'),
    );
  }

  private async chooseModel(): Promise<void> {
    const { library, runs } = this.needs;
    const title = vscode.l10n.t('Compare Faces');
    const placeHolder = vscode.l10n.t('Model whose embeddings are compared');
    const chosen = await pickModel(library, runs, title, placeHolder);
    if (chosen === undefined) return;
    const model = chosen === 'starter' ? chosen : expand(chosen);
    this.choose({ ...this.state, model });
    this.name = await nameOf(model, this.needs);
    this.compare();
  }

  /** Its report then says from when on two faces are one person. */
  private async measureModel(): Promise<void> {
    await vscode.commands.executeCommand(commandIds.validateOnLfw, { model: this.state.model });
    this.compare();
  }

  /** Looks for the faces, anew, and holds them against each other. */
  private compare(): void {
    this.looking.abort();
    const { signal } = (this.looking = new AbortController());
    this.comparison = undefined;
    this.notes = [];
    this.working = this.look(signal).finally(() => {
      if (signal.aborted || this.isDisposed) return;
      this.working = undefined;
      this.hydrate();
    });
    this.hydrate();
  }

  private async look(signal: AbortSignal): Promise<void> {
    const { commandLine, runs } = this.needs;
    const { model, photographs } = this.state;
    try {
      const report = await reportOfModel(runs, model, 'accuracy');
      const { comparison, notes } = await compare(commandLine, { model, report, photographs, signal });
      if (signal.aborted) return;
      this.comparison = comparison;
      this.notes = [
        ...comparison.faceless.map((path) => vscode.l10n.t('No face was found in {0}.', shorten(path))),
        ...notes,
      ];
    } catch (error) {
      if (!signal.aborted && !(error instanceof StoppedError)) this.notes = [describeError(error)];
    }
  }
}

function resultOf({ distances, threshold, confidence }: FaceComparison) {
  return {
    distances,
    ...(threshold !== undefined && { threshold }),
    ...(confidence !== undefined && { confidence }),
  };
}

/** @throws UserError for more photographs than are compared at once */
export function requireRoom(count: number): void {
  if (count <= mostCompared) return;
  throw new UserError(
    vscode.l10n.t('{0} photographs are more than are compared at once ({1}).', count, mostCompared),
    vscode.l10n.t('Choose fewer, or enrol them in a gallery and recognize the others with it.'),
  );
}

function titleOf(photographs: readonly string[]): string {
  const [first, second, third] = photographs.map((path) => basename(path));
  return third === undefined ? `${first} ↔ ${second}` : vscode.l10n.t('Compare {0} Faces', String(photographs.length));
}

async function nameOf(model: string, { runs }: Needs): Promise<string> {
  return model === 'starter' ? vscode.l10n.t('Starter (dlib ResNet)') : modelName(runs, model, basename(model));
}

/** The kind of the tab: one for each choice of photographs that one was opened with. */
export const comparePage: PageKind<CompareTab, ComparePanel, Needs> = {
  name: 'compare',
  icon: 'gallery.svg',
  keyOf: ({ began }) => began.join('\n'),
  open: async (about, needs) => {
    const name = await nameOf(about.model, needs);
    return (place) => new ComparePanel(place, about, name, needs);
  },
};
