import { basename, relative, resolve, sep } from 'node:path';
import * as vscode from 'vscode';
import { personFolder } from '../../src/dataset/scan';
import { StoppedError } from '../../src/protocol/errors';
import type { FromGalleryPage, GalleryImage, ImageAction } from '../../src/protocol/webview';
import { counted, grouped } from '../counts';
import type { DatasetServices } from '../datasets/datasetServices';
import { problemInWords } from '../datasets/problemWords';
import { type Disposes, toDisposable } from '../disposable';
import { type CommandId, commandIds } from '../identifiers';
import { lineageOfDataset } from '../jobs/lineage';
import type { LineageStep } from '../../src/protocol/lineage';
import { withLateProgress } from '../jobs/progressNotification';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import { watchFolder } from '../workspace/folderWatch';
import { type GalleryImages, type GalleryTab, loadGallery } from './galleryImages';
import { ThumbnailSender } from '../pictures/thumbnailSender';

/** Of a dataset with more people only the folder of the people is watched: a system has watches for some thousands. */
const mostWatched = 100;

const actionCommands: Record<ImageAction, CommandId> = {
  exclude: commandIds.excludeImages,
  move: commandIds.moveImages,
  wrongPerson: commandIds.wrongPerson,
};

type Needs = Pick<DatasetServices, 'checks' | 'thumbnails'>;

/** The gallery tab: the host knows the names and the problems, the page loads the few pictures that are in sight. */
export class GalleryPanel extends PagePanel<GalleryTab> {
  /** Absolute, by the paths that the page was given. */
  private given = new Map<string, string>();
  private chosenHere: readonly string[] = [];
  private reading = new AbortController();
  private readonly sender: ThumbnailSender;
  private readonly watches = new Map<string, Disposes>();

  constructor(
    place: PagePlace,
    private readonly about: GalleryTab,
    private loaded: GalleryImages,
    private readonly needs: Needs,
  ) {
    super(place, about);
    this.register(needs.checks.onDidChange((dataset) => dataset === about.dataset && this.hydrate()));
    this.register(
      toDisposable(() => {
        this.reading.abort();
      }),
    );
    this.sender = this.register(
      new ThumbnailSender(needs.thumbnails, (made) => this.send({ type: 'thumbnails', made })),
    );
    this.take(loaded);
    this.load(about.person ?? basename(about.dataset), [vscode.Uri.file(about.dataset)]);
  }

  /** Relative to the dataset, with what is wrong. */
  get images(): GalleryImage[] {
    return [...this.given].map(([path, absolute]) => {
      const problems = this.needs.checks.ofPath(this.about.dataset, absolute);
      return {
        path,
        ...(problems.length > 0 && { problem: problems.map(problemInWords).join(' ') }),
        ...(this.loaded.needThumbnails.has(absolute) && { thumbnail: true as const }),
      };
    });
  }

  /** What is chosen in the page, as absolute paths. */
  get chosenImages(): readonly string[] {
    return this.chosenHere;
  }

  /** Of names that the page was given; it is trusted with no others. */
  private absolute(names: readonly string[]): string[] {
    return names.flatMap((name) => this.given.get(name) ?? []);
  }

  /** Whether the page hears of every image that comes or goes. */
  private get watched(): boolean {
    return this.loaded.people.length <= mostWatched;
  }

  private take(loaded: GalleryImages): void {
    const { dataset, person } = this.about;
    this.loaded = loaded;
    this.given = new Map(loaded.images.map((path) => [relative(dataset, path).split(sep).join('/'), path]));
    const people = this.watched ? loaded.people.map((name) => personFolder(dataset, name)) : [];
    const folders = new Set([person === undefined ? dataset : personFolder(dataset, person), ...people]);
    for (const [folder, watch] of this.watches) {
      if (folders.has(folder)) continue;
      this.release(watch);
      this.watches.delete(folder);
    }
    for (const folder of folders) {
      if (this.watches.has(folder)) continue;
      this.watches.set(folder, this.register(watchFolder(folder, () => void this.readAgain())));
    }
  }

  /** After files have come or gone; what cannot be read any more stays as it was. */
  private async readAgain(): Promise<void> {
    this.reading.abort();
    const { signal } = (this.reading = new AbortController());
    const loaded = await loadGallery(this.about, { signal }).catch(() => undefined);
    if (loaded === undefined || signal.aborted || this.isDisposed) return;
    this.take(loaded);
    this.hydrate();
  }

  protected hydrate(): void {
    const base = this.panel.webview.asWebviewUri(vscode.Uri.file(this.about.dataset)).toString();
    const { images, watched } = this;
    // The folder of a person is named as LFW names them; that of a dataset as it is.
    const title = this.about.person?.replaceAll('_', ' ') ?? basename(this.about.dataset);
    const { peopleLeft, imagesLeft } = this.loaded;
    this.send({ type: 'hydrateGallery', title, base, images, peopleLeft, imagesLeft, watched });
  }

  protected override async lineage(): Promise<LineageStep[]> {
    return lineageOfDataset(this.about.dataset);
  }

  protected answer(message: FromGalleryPage): void {
    if (message.type === 'refreshGallery') return void this.readAgain();
    if (message.type === 'wantThumbnails') {
      const wanted = message.paths.flatMap((path) =>
        this.given.has(path) ? [[path, this.given.get(path)!] as const] : [],
      );
      return void this.sender.make(new Map(wanted));
    }
    if (message.type === 'undoImages') return void vscode.commands.executeCommand(commandIds.undoImages);
    if (message.type === 'selectImages') {
      this.chosenHere = this.absolute(message.paths);
      return;
    }
    if (message.type === 'imageAction') {
      const argument = { paths: this.absolute(message.paths) };
      return void vscode.commands.executeCommand(actionCommands[message.action], argument);
    }
    const path = this.given.get(message.path);
    if (path === undefined) return;
    if (message.type === 'openImage') void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    else void vscode.commands.executeCommand(commandIds.reveal, path);
  }
}

/**
 * Reads the names of what a gallery shows, which can be given up where it takes long.
 *
 * @throws UserError when the dataset or the person's folder cannot be read, StoppedError when it was given up.
 */
async function openGallery(about: GalleryTab, needs: Needs): Promise<(place: PagePlace) => GalleryPanel> {
  const name = about.person ?? basename(about.dataset);
  const loaded = await withLateProgress(vscode.l10n.t('Reading {0}', name), async (signal, report) =>
    loadGallery(about, {
      signal,
      onProgress: (images, read, people) =>
        report(vscode.l10n.t('{0} of {1}, {2}', grouped(read), counted.people(people), counted.images(images))),
    }),
  ).catch((error: unknown) => {
    if (!(error instanceof StoppedError)) throw error;
    throw new StoppedError(vscode.l10n.t('Stopped; the gallery of {0} was not opened.', name));
  });
  return (place) => new GalleryPanel(place, about, loaded, needs);
}

/** The kind of the gallery tab: one for each dataset, and one for each person of it, however the dataset is spelt. */
export const galleryPage: PageKind<GalleryTab, GalleryPanel, Needs> = {
  name: 'gallery',
  icon: 'gallery.svg',
  keyOf: ({ dataset, person }) => `${resolve(dataset)}\n${person ?? ''}`,
  open: openGallery,
};
