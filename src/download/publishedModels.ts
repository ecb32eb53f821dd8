// The models that the authors of facenet have published, and where they lie.
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface PublishedModel {
  name: string;
  /** The images that it was trained on. */
  trainedOn: string;
  /** Identifier of its archive at the file host. */
  fileId: string;
}

/** Newest first; the date in the name tells how images are standardized for it (src/checkpoint/modelRecipe.ts). */
export const publishedModels: readonly PublishedModel[] = [
  { name: '20180402-114759', trainedOn: 'VGGFace2', fileId: '1EXPBSXwTaqrSC0OhUdXNmKSh9qJUQ55-' },
  { name: '20180408-102900', trainedOn: 'CASIA-WebFace', fileId: '1R77HmFADxe87GmoLwzfgMu_HY0IhcyBz' },
  { name: '20170512-110547', trainedOn: 'MS-Celeb-1M', fileId: '0B5MzpY9kBtDVZ2RpVDYwWmxoSUk' },
];

/** Where the archives are asked for; FACENET_DOWNLOAD_URL names a mirror that takes the same query. */
const fileHost = 'https://drive.google.com/uc';

/** Address that the archive is downloaded from. */
export function downloadAddress(model: PublishedModel, host: string = fileHost): string {
  const url = new URL(host);
  url.searchParams.set('export', 'download');
  url.searchParams.set('id', model.fileId);
  return url.href;
}

/** Page of the archive for a browser. */
export function pageAddress(model: PublishedModel): string {
  return `https://drive.google.com/file/d/${model.fileId}/view`;
}

/** Where models go when nothing else is said: ~/.facenet/models. */
export function modelsFolder(): string {
  return join(homedir(), '.facenet', 'models');
}
