import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { AlignmentRecord } from '../../src/align/alignmentRecord';
import { type AlignmentReview, reviewAlignment } from '../../src/align/alignmentLog';
import { readAlignmentRecord } from '../../src/align/alignmentRecord';
import { isInside } from '../../src/files/insideFolder';
import { type AlignmentEntry, alignmentEntrySchema } from '../../src/protocol/alignmentLog';
import { UserError, describeError } from '../../src/protocol/errors';
import type { AlignedPhotograph, FromAlignmentPage } from '../../src/protocol/webview';
import type { DatasetServices } from '../datasets/datasetServices';
import { sizeOf } from '../datasets/datasetFacts';
import { toDisposable } from '../disposable';
import { commandIds } from '../identifiers';
import { readAnswer } from '../jobs/commandAnswer';
import { failureOf } from '../jobs/commandLine';
import type { PageKind } from '../pages/pageKind';
import { type PagePlace, PagePanel } from '../pages/pagePanel';
import { watchFolder } from '../workspace/folderWatch';
import { shorten } from '../workspace/library';
import { needsThumbnail } from './galleryImages';
import { ThumbnailSender } from './thumbnailSender';

/** What a tab is about. */
export interface AlignmentTab {
  kind: 'alignment';
  /** Of the faces. */
  folder: string;
}

/** More photographs are not sent to the page. */
const mostPhotographs = 2000;

type Needs = Pick<DatasetServices, 'commandLine' | 'library' | 'thumbnails' | 'notices'>;

/** What is read before there is a tab. */
interface Alignment {
  record: AlignmentRecord;
  /** Folder of the photographs, as far as it may be shown. */
  photographs: string | undefined;
  review: AlignmentReview;
  images: AlignedPhotograph[];
}

/** What an alignment has found and what it has not, from where a face can be cut out again by hand. */
export class AlignmentPanel extends PagePanel<AlignmentTab> {
  private counts: { photographs: number; faces: number } | undefined;
  private readonly counting = new AbortController();
  private readonly sender: ThumbnailSender;

  constructor(
    place: PagePlace,
    private readonly about: AlignmentTab,
    private loaded: Alignment,
    private readonly needs: Needs,
  ) {
    super(place, about);
    this.sender = this.register(
      new ThumbnailSender(needs.thumbnails, (made) => this.send({ type: 'thumbnails', made })),
    );
    this.register(toDisposable(() => this.counting.abort()));
    this.register(watchFolder(about.folder, () => void this.readAgain()));
    const shown = [about.folder, ...(loaded.photographs === undefined ? [] : [loaded.photographs])];
    this.load(
      vscode.l10n.t('Alignment {0}', basename(about.folder)),
      shown.map((path) => vscode.Uri.file(path)),
    );
    void this.count();
  }

  /** The photographs that are worth a look. */
  get images(): readonly AlignedPhotograph[] {
    return this.loaded.images;
  }

  protected hydrate(): void {
    const { record, photographs, review, images } = this.loaded;
    const { detector, alignment, imageSize, margin, upright, detectMultipleFaces } = record;
    const address = (path: string): string => this.panel.webview.asWebviewUri(vscode.Uri.file(path)).toString();
    this.send({
      type: 'hydrateAlignment',
      title: basename(this.about.folder),
      photographs: shorten(photographs ?? record.source),
      faces: shorten(this.about.folder),
      recipe: {
        detector,
        alignment,
        imageSize,
        margin,
        upright,
        ...(detectMultipleFaces && { several: true as const }),
      },
      ...(this.counts !== undefined && { counts: this.counts }),
      images,
      left: review.left,
      isLogged: review.isLogged,
      ...(photographs !== undefined && {
        bases: { photographs: address(photographs), faces: address(this.about.folder) },
      }),
    });
  }

  protected answer(message: FromAlignmentPage): void {
    switch (message.type) {
      case 'showFaces':
        return void vscode.commands.executeCommand(commandIds.showGallery, this.about.folder);
      case 'fineTune':
        return void vscode.commands.executeCommand(commandIds.fineTune, { dataDir: this.about.folder });
      case 'wantThumbnails':
        return void this.sender.make(
          new Map(message.paths.flatMap((name) => this.given(name).map((path) => [name, path]))),
        );
      case 'openImage':
        return this.given(message.path).forEach((path) => {
          void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
        });
      case 'correctFace':
        return void this.correct(message);
    }
  }

  /** The photograph of a name that the page was given; the page is trusted with no others. */
  private given(name: string): string[] {
    const { photographs, images } = this.loaded;
    return photographs !== undefined && images.some(({ image }) => image === name) ? [join(photographs, name)] : [];
  }

  private async correct({ path: image, face, box }: FromAlignmentPage & { type: 'correctFace' }): Promise<void> {
    const { photographs } = this.loaded;
    if (photographs === undefined || this.given(image).length === 0) return;
    try {
      if (!vscode.workspace.isTrusted) {
        throw new UserError(
          vscode.l10n.t('This folder is not trusted.'),
          vscode.l10n.t('Trust it to change its faces.'),
        );
      }
      const options = ['--face', String(face), '--source', photographs, '--json'];
      const edges = box.map((edge) => edge.toFixed(1));
      // Edges may be negative, and names may begin with a dash.
      const args = ['crop', ...options, '--', this.about.folder, image, ...edges];
      const { code, stdout, stderr } = await this.needs.commandLine.run(args);
      if (code !== 0) throw failureOf('crop', code, stderr);
      const entry = readAnswer(alignmentEntrySchema, 'crop', stdout);
      this.replace(entry);
      this.send({ type: 'corrected', entry });
      void this.count();
    } catch (error) {
      this.send({ type: 'notCorrected', image, problem: describeError(error) });
    }
  }

  private replace(entry: AlignmentEntry): void {
    const images = this.loaded.images.map((known) =>
      known.image === entry.image ? { ...entry, ...(known.thumbnail && { thumbnail: true as const }) } : known,
    );
    this.loaded = { ...this.loaded, images };
  }

  /** After people have come or gone, e.g. while the alignment goes on. */
  private async readAgain(): Promise<void> {
    const loaded = await readAlignment(this.about, this.needs).catch(() => undefined);
    if (loaded === undefined || this.isDisposed) return;
    this.loaded = loaded;
    this.hydrate();
    void this.count();
  }

  private async count(): Promise<void> {
    const { signal } = this.counting;
    const { photographs } = this.loaded;
    const sizes = await Promise.all(
      [photographs, this.about.folder].map(async (path) =>
        path === undefined ? undefined : sizeOf(path, signal).catch(() => undefined),
      ),
    );
    if (signal.aborted || this.isDisposed) return;
    const [all, faces] = sizes.map((size) => size?.images);
    this.counts = all === undefined ? undefined : { photographs: all, faces: faces ?? 0 };
    this.hydrate();
  }
}

/** @throws UserError where the folder is no alignment's */
async function readAlignment({ folder }: AlignmentTab, { library }: Needs): Promise<Alignment> {
  const record = await readAlignmentRecord(folder);
  if (record === undefined) {
    throw new UserError(
      vscode.l10n.t('{0} was not made by an alignment.', folder),
      vscode.l10n.t('Align a dataset, and choose the folder of its faces.'),
    );
  }
  const isThere = existsSync(record.source) && (await library.mayShow(record.source));
  const photographs = isThere ? record.source : undefined;
  const review = await reviewAlignment(folder, mostPhotographs);
  const images: AlignedPhotograph[] = [];
  for (const entry of review.entries) {
    if (photographs === undefined) {
      images.push(entry);
      continue;
    }
    const path = join(photographs, entry.image);
    // The log is a file like any other, which may name what it likes.
    if (!isInside(photographs, path)) continue;
    images.push({ ...entry, ...((await needsThumbnail(path)) && { thumbnail: true as const }) });
  }
  return { record, photographs, review, images };
}

/** The kind of the tab of an alignment: one for each folder of faces. */
export const alignmentPage: PageKind<AlignmentTab, AlignmentPanel, Needs> = {
  name: 'alignment',
  icon: 'gallery.svg',
  keyOf: ({ folder }) => resolve(folder),
  open: async (about, needs) => {
    const loaded = await readAlignment(about, needs);
    return (place) => new AlignmentPanel(place, about, loaded, needs);
  },
};
