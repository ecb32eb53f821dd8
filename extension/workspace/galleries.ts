// Galleries as the window knows them: by the first line of their files, and by their size.
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import type { GalleryHeader } from '../../src/protocol/gallery';
import { modelTitle } from '../../src/protocol/modelTitle';
import type { HydrateRecognize } from '../../src/protocol/webview';

export interface GalleryFacts {
  header: GalleryHeader;
  shown: NonNullable<HydrateRecognize['gallery']>;
}

/** What the names of galleries end with in a workspace. */
export const galleryEnding = '.gallery';
/** A first line is no longer. */
const longestHeader = 1 << 16;

export interface FoundGallery {
  path: string;
  header: GalleryHeader;
}

/** The galleries of the workspace, with their first lines; what is none is left out. */
export async function findGalleries(): Promise<FoundGallery[]> {
  const files = await vscode.workspace.findFiles(`**/*${galleryEnding}`, '**/{node_modules,.facenet}/**', 200);
  const found = await Promise.all(
    files.map(async ({ fsPath: path }) => {
      const header = await readHeader(path).catch(() => undefined);
      return header === undefined ? [] : [{ path, header }];
    }),
  );
  return found.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What a gallery's file says first. @throws UserError where it is none */
async function readHeader(path: string): Promise<GalleryHeader> {
  const { galleryHeaderSchema } = await import('../../src/protocol/gallery');
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new UserError(vscode.l10n.t('{0} cannot be read.', path), vscode.l10n.t('Choose another gallery.'), {
      cause,
    });
  });
  try {
    const { size } = await stat(path);
    const bytes = Buffer.alloc(Math.min(size, longestHeader));
    await file.read(bytes, 0, bytes.length, 0);
    const [line = ''] = bytes.toString('utf8').split('\n', 1);
    return galleryHeaderSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new UserError(
      vscode.l10n.t('{0} is no gallery.', path),
      vscode.l10n.t('Enrol people in a new one: Enrol People….'),
      { cause },
    );
  } finally {
    await file.close();
  }
}

/** Who made it and how many are in it; line by line, as it may be large. @throws UserError where it is none */
export async function readGalleryFacts(path: string): Promise<GalleryFacts> {
  const header = await readHeader(path);
  let people = -1;
  let pictures = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    if (line === '') continue;
    people++;
    if (people > 0) pictures += line.split('"embedding":').length - 1;
  }
  return { header, shown: { name: basename(path), people, pictures, model: modelTitle(header.model) } };
}
