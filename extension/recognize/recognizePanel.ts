import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { StoppedError, describeError } from '../../src/protocol/errors';
import type { RecognizedPhotograph } from '../../src/protocol/recognition';
import type { FromRecognizePage, HydrateRecognize, ShownPhotograph } from '../../src/protocol/webview';
import { toDisposable } from '../disposable';
import { urisOf } from '../inputs/uriList';
import { modelOfGallery } from '../jobs/modelOfGallery';
import { reportOfModel } from '../jobs/reports';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import { ThumbnailSender } from '../pictures/thumbnailSender';
import { isShownByBrowsers } from '../pictures/browserFormats';
import type { Services } from '../services';
import { shorten, workspaceRoots } from '../workspace/library';
import { type GalleryFacts, readGalleryFacts } from '../workspace/galleries';
import { identify } from './identify';
import { photographsIn } from './photographs';
import { askForModel, questions } from './questions';

/** What a tab is about. */
export interface RecognizeTab {
  kind: 'recognize';
  /** File of the gallery; absent where none is chosen. */
  gallery?: string;
  /** Model that was chosen for the gallery. */
  model?: string;
  /** Files and folders that were opened. */
  opened: string[];
}

/** More photographs are not looked at. */
const mostPhotographs = 2000;

type Needs = Pick<Services, 'commandLine' | 'thumbnails' | 'notices' | 'library' | 'runs'>;

/** Photographs, their faces, and who of a gallery these are. */
export class RecognizePanel extends PagePanel<RecognizeTab> {
  private photographs: ShownPhotograph[] = [];
  private notes: string[] = [];
  private work: HydrateRecognize['work'];
  private looking = new AbortController();
  /** Pictures of enrolled people that the page was told of: it may ask for these and for its photographs. */
  private readonly enrolled = new Set<string>();
  private readonly sender: ThumbnailSender;

  constructor(
    place: PagePlace,
    about: RecognizeTab,
    private gallery: GalleryFacts | undefined,
    private readonly needs: Needs,
  ) {
    super(place, about);
    this.sender = this.register(
      new ThumbnailSender(needs.thumbnails, (made) => this.send({ type: 'thumbnails', made })),
    );
    this.register(toDisposable(() => this.looking.abort()));
    this.load(this.name(), this.folders());
    void this.look();
  }

  /** For tests: as they stand. */
  get shown(): readonly ShownPhotograph[] {
    return this.photographs;
  }

  /** Adds photographs, or those of folders, and looks at them. */
  async add(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    this.choose({ ...this.state, opened: [...new Set([...paths, ...this.state.opened])] });
    await this.look();
  }

  /** Compares with another gallery. @throws UserError where it cannot be read */
  async compareWith(gallery: string): Promise<void> {
    this.gallery = await readGalleryFacts(gallery);
    const { kind, opened } = this.state;
    this.choose({ kind, opened, gallery });
    this.retitle(this.name());
    for (const photograph of this.photographs) delete photograph.found;
    await this.look();
  }

  protected hydrate(): void {
    const { gallery, photographs, notes, work } = this;
    this.send({
      type: 'hydrateRecognize',
      ...(gallery !== undefined && { gallery: gallery.shown }),
      photographs,
      notes,
      ...(work !== undefined && { work }),
    });
  }

  protected answer(message: FromRecognizePage): void {
    switch (message.type) {
      case 'openPhotographs':
        return this.attempt(async () => this.add(await questions.photographs(vscode.l10n.t('Open Photographs'))));
      case 'openFolder':
        return this.attempt(async () => this.add(await questions.folder()));
      case 'chooseGallery':
        return this.attempt(async () => {
          const gallery = await questions.gallery();
          if (gallery !== undefined) await this.compareWith(gallery);
        });
      case 'dropped':
        return this.attempt(async () => this.drop(message.uris));
      case 'wantThumbnails':
        return void this.sender.make(
          new Map(message.paths.filter((path) => this.knows(path)).map((path) => [path, path])),
        );
      case 'openImage':
        if (this.knows(message.path)) void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(message.path));
    }
  }

  /** The page is trusted with no other paths. */
  private knows(path: string): boolean {
    return this.enrolled.has(path) || this.photographs.some((photograph) => photograph.path === path);
  }

  private attempt(task: () => Promise<void>): void {
    task().catch((error: unknown) => this.needs.notices.problem(error));
  }

  private async drop(list: string): Promise<void> {
    const files = urisOf(list).filter(({ scheme }) => scheme === 'file');
    if (files.length > 0) return this.add(files.map(({ fsPath }) => fsPath));
    this.needs.notices.information(
      vscode.l10n.t('What was dropped does not say where it lies here: open it with Open Photographs….'),
    );
  }

  private name(): string {
    const { gallery } = this.state;
    return gallery === undefined ? vscode.l10n.t('Recognize') : vscode.l10n.t('Recognize with {0}', basename(gallery));
  }

  /** Folders whose pictures the page may load: those that were opened, and the workspace's. */
  private folders(): vscode.Uri[] {
    const opened = this.photographs.map(({ path }) => dirname(path));
    return [...new Set([...workspaceRoots(), ...opened])].map((path) => vscode.Uri.file(path));
  }

  /** Shows what was opened, and has looked at what has not been looked at yet. */
  private async look(): Promise<void> {
    this.looking.abort();
    const { signal } = (this.looking = new AbortController());
    const known = new Map(this.photographs.map((photograph) => [photograph.path, photograph]));
    const { photographs: paths, left } = await photographsIn(this.state.opened, mostPhotographs);
    const photographs = paths.map((path) => known.get(path) ?? this.toShow(path));
    if (signal.aborted || this.isDisposed) return;
    const before = this.folders().length;
    this.photographs = photographs;
    this.notes = left === 0 ? [] : [vscode.l10n.t('{0} more photographs are not looked at.', left)];
    if (this.folders().length !== before) this.showPicturesOf(this.folders());
    const wanted = photographs.filter(({ found }) => found === undefined).map(({ path }) => path);
    this.work = this.gallery === undefined || wanted.length === 0 ? undefined : { done: 0, total: wanted.length };
    this.hydrate();
    if (this.work !== undefined) await this.identify(wanted, signal);
  }

  private async identify(photographs: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      const model = await this.model();
      const report = model === undefined ? undefined : await reportOfModel(this.needs.runs, model, 'far3');
      if (model !== undefined)
        await identify(this.needs.commandLine, {
          ...{ model, report, gallery: this.state.gallery!, photographs, signal },
          onThreshold: (threshold) => !signal.aborted && this.setThreshold(threshold),
          onPhotograph: (found) => !signal.aborted && this.tell(found),
          onNote: (note) => !signal.aborted && this.notes.push(note),
        });
    } catch (error) {
      if (!(error instanceof StoppedError)) this.notes.push(describeError(error));
    }
    if (signal.aborted || this.isDisposed) return;
    this.work = undefined;
    this.hydrate();
  }

  /** The one that the gallery was made with; asked for where no model of the workspace is called so. */
  private async model(): Promise<string | undefined> {
    const { header } = this.gallery!;
    const chosen =
      this.state.model ?? (await modelOfGallery(this.needs, header)) ?? (await askForModel(this.needs, header));
    if (chosen !== undefined && chosen !== this.state.model) this.choose({ ...this.state, model: chosen });
    return chosen;
  }

  private setThreshold(threshold: number | undefined): void {
    if (this.gallery === undefined) return;
    if (threshold === undefined) {
      const unknown = vscode.l10n.t(
        'No report of this model says from which similarity on two faces are one person: it is set by hand here. Validate on LFW measures it.',
      );
      this.notes.push(unknown);
      return this.hydrate();
    }
    this.gallery = { ...this.gallery, shown: { ...this.gallery.shown, threshold } };
    this.hydrate();
  }

  private toShow(path: string): ShownPhotograph {
    const address = this.panel.webview.asWebviewUri(vscode.Uri.file(path)).toString();
    return { path, name: shorten(path), ...(isShownByBrowsers(path) && { address }) };
  }

  private tell(found: RecognizedPhotograph): void {
    const photograph = this.photographs.find(({ path }) => path === resolve(found.image));
    if (photograph === undefined || this.work === undefined) return;
    photograph.found = 'problem' in found ? { problem: found.problem } : { size: found.size, faces: found.faces };
    for (const face of 'faces' in found ? found.faces : [])
      for (const { file } of face.nearest) this.enrolled.add(file);
    this.work = { ...this.work, done: this.work.done + 1 };
    this.send({ type: 'recognized', photograph, work: this.work });
  }
}

/** The kind of the tab: one for each gallery, and one where none is chosen. */
export const recognizePage: PageKind<RecognizeTab, RecognizePanel, Needs> = {
  name: 'recognize',
  icon: 'gallery.svg',
  keyOf: ({ gallery }) => (gallery === undefined ? '' : resolve(gallery)),
  open: async (about, needs) => {
    const gallery = about.gallery === undefined ? undefined : await readGalleryFacts(about.gallery);
    return (place) => new RecognizePanel(place, about, gallery, needs);
  },
};
