// From a published model's name to its folder: download, SHA-256, unpack, record.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError, throwIfStopped } from '../protocol/errors';
import { renameOver, writeFileAtomic } from '../files/atomicFile';
import { downloadAddress, pageAddress, type PublishedModel } from './publishedModels';
import { discardPart, downloadResumable, type ResumableOptions } from './resumableDownload';
import { unpackZip } from './unpackZip';

export interface DownloadModelOptions extends ResumableOptions {
  /** Replaces files of the same names. */
  force?: boolean;
  /** Where archives are asked for (publishedModels.ts). */
  host?: string;
}

/** What `download.json` beside the model's files says. */
export interface DownloadRecord {
  model: string;
  trainedOn: string;
  url: string;
  /** Time of the download, ISO 8601. */
  downloaded: string;
  /** Of the archive as it came. */
  bytes: number;
  sha256: string;
  /** Names of the files that were in it. */
  files: string[];
}

const recordName = 'download.json';

/**
 * Downloads `model` into the folder of its name in `folder`. The archive grows in `NAME.zip.part` in `folder`, where a
 * download that was stopped or cut off goes on; it is removed once its files are in place. With `force`, files of
 * the same names are replaced and all others stay.
 * @returns the model's folder and what is recorded about it.
 * @throws UserError where there is such a folder already, or the archive cannot be had or is not what it should be;
 *   StoppedError on abort.
 */
export async function downloadModel(
  model: PublishedModel,
  folder: string,
  options: DownloadModelOptions = {},
): Promise<{ path: string; record: DownloadRecord }> {
  const target = join(folder, model.name);
  const exists = (await stat(target).catch(() => undefined)) !== undefined;
  if (exists && options.force !== true)
    throw new UserError(`${target} is there already.`, 'Use it as it is, or replace its files with --force.');
  await mkdir(folder, { recursive: true });
  const part = join(folder, `${model.name}.zip.part`);
  const url = downloadAddress(model, options.host);
  const byHand = `Open ${pageAddress(model)} in a browser, download and unpack the file by hand, and give its folder to Add Pretrained Model.`;
  await downloadResumable({ what: `The model ${model.name}`, url, byHand }, part, options);

  const { bytes, sha256 } = await fingerprint(part, options.signal);
  const aside = await mkdtemp(join(folder, `.${model.name}.`));
  try {
    const files = await unpackZip(part, aside, options).catch(async (error: unknown) => {
      // Going on with it would end here again.
      if (error instanceof UserError) await discardPart(part);
      throw error;
    });
    const home = modelIn(files);
    if (home === undefined) {
      await discardPart(part);
      throw new UserError(
        `What ${url} sent holds no model (${files.slice(0, 3).join(', ') || 'it is empty'}).`,
        byHand,
      );
    }
    const names = files.filter((file) => dirname(file) === home).map((file) => basename(file));
    const record: DownloadRecord = {
      model: model.name,
      trainedOn: model.trainedOn,
      url,
      downloaded: new Date().toISOString(),
      bytes,
      sha256,
      files: names.sort(),
    };
    const source = join(aside, home);
    await writeFileAtomic(join(source, recordName), `${JSON.stringify(record, undefined, 2)}\n`);
    throwIfStopped(options.signal);
    if (exists) for (const name of [...names, recordName]) await renameOver(join(source, name), join(target, name));
    else await rename(source, target);
    await discardPart(part);
    return { path: target, record };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Folder within the archive that holds a checkpoint with its data, or a frozen graph. */
function modelIn(files: readonly string[]): string | undefined {
  const checkpoint = files.find(
    (file) => file.endsWith('.index') && files.some((other) => other.startsWith(`${file.slice(0, -6)}.data-`)),
  );
  const found = checkpoint ?? files.find((file) => file.endsWith('.pb'));
  return found === undefined ? undefined : dirname(found);
}

async function fingerprint(path: string, signal: AbortSignal | undefined): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash, { signal });
  } catch (error) {
    throwIfStopped(signal);
    throw error;
  }
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}
