import { basename, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { describeProblem } from '../../src/dataset/problems';
import { listImages, listPeople, personFolder } from '../../src/dataset/scan';
import type { FromGalleryPage, GalleryImage } from '../../src/protocol/webview';
import { commandIds } from '../identifiers';
import type { DatasetChecks } from '../workspace/datasetChecks';
import { watchFolder } from '../workspace/folderWatch';
import type { GalleryState } from './pageDocument';
import { PagePanel } from './pagePanel';

/** More are not sent to the page; a person of a larger dataset has a gallery of their own. */
const mostImages = 20_000;
/** Folders read at a time. */
const foldersAtOnce = 32;

export interface GalleryImages {
  images: string[];
  /** People whose images were not read any more. */
  peopleLeft: number;
}

/** Absolute paths of a dataset's or a person's images. @throws UserError where it cannot be read. */
export async function loadGallery({ dataset, person }: GalleryState): Promise<GalleryImages> {
  if (person !== undefined) return { images: [...(await listImages(dataset, person))], peopleLeft: 0 };
  const people = await listPeople(dataset);
  const images: string[] = [];
  let read = 0;
  while (read < people.length && images.length < mostImages) {
    const next = people.slice(read, read + foldersAtOnce);
    const lists = await Promise.all(next.map(async (name) => listImages(dataset, name)));
    images.push(...lists.flat());
    read += next.length;
  }
  return { images: images.slice(0, mostImages), peopleLeft: people.length - read };
}

/** The gallery tab: the host knows the names and the problems, the page loads the few pictures that are in sight. */
export class GalleryPanel extends PagePanel<FromGalleryPage> {
  constructor(
    panel: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    private readonly about: GalleryState,
    private loaded: GalleryImages,
    private readonly checks: DatasetChecks,
  ) {
    super(panel, extensionUri, 'gallery', about);
    this.register(checks.onDidChange((dataset) => dataset === about.dataset && this.hydrate()));
    const { dataset, person } = about;
    const folder = person === undefined ? dataset : personFolder(dataset, person);
    this.register(watchFolder(folder, () => void this.readAgain()));
    this.load(about.person ?? basename(about.dataset), 'facenet.svg', [vscode.Uri.file(about.dataset)]);
  }

  /** Relative to the dataset, with what is wrong. */
  get images(): GalleryImage[] {
    const { dataset } = this.about;
    return this.loaded.images.map((path) => {
      const problems = this.checks.ofPath(dataset, path);
      const short = relative(dataset, path).split(sep).join('/');
      return problems.length === 0
        ? { path: short }
        : { path: short, problem: problems.map(describeProblem).join(' ') };
    });
  }

  /** After files have come or gone; what cannot be read any more stays as it was. */
  private async readAgain(): Promise<void> {
    const loaded = await loadGallery(this.about).catch(() => undefined);
    if (loaded === undefined || this.isDisposed) return;
    this.loaded = loaded;
    this.hydrate();
  }

  protected hydrate(): void {
    const base = this.panel.webview.asWebviewUri(vscode.Uri.file(this.about.dataset)).toString();
    this.send({ type: 'hydrateGallery', title: this.title, base, images: this.images, left: this.loaded.peopleLeft });
  }

  protected answer(message: FromGalleryPage): void {
    const path = join(this.about.dataset, message.path);
    // The page is trusted with names that it was given, and with no others.
    if (!this.loaded.images.includes(path)) return;
    if (message.type === 'openImage') void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    else void vscode.commands.executeCommand(commandIds.reveal, path);
  }
}
