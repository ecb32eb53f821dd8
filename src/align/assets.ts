import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { downloadBytes, type RequestOptions } from '../download/request';
import { UserError } from '../protocol/errors';
import { writeFileAtomic } from '../files/atomicFile';

/** SHA-256 of MTCNN's weight files in the facenet repository (MIT licence). */
export const mtcnnFiles: Readonly<Record<string, string>> = {
  'det1.npy': '3285cf7a3de2651c5784cb9e32013f5919aae95fd1ed1bc371dd9691affb39af',
  'det2.npy': '716b8b83e42476791c9096f14dbb09fefc88bf5c7ec876b1683f9acd52b3f39c',
  'det3.npy': '396ead803d85d3443307ff8f45fb6aed2536579b415a4f4d4cb8f93ea6b1476a',
};

const source =
  'https://raw.githubusercontent.com/davidsandberg/facenet/096ed770f163957c1e56efa7feeb194773920f6e/src/align';

/** Where model files that are not part of the workbench lie: FACENET_ASSETS, else ~/.facenet/assets. */
export function assetsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['FACENET_ASSETS'];
  return chosen !== undefined && chosen !== '' ? chosen : join(homedir(), '.facenet', 'assets');
}

/** The folder with det1.npy, det2.npy and det3.npy: the assets folder or `mtcnn` in it; undefined when not there. */
export function findMtcnn(folder: string = assetsFolder()): string | undefined {
  return [folder, join(folder, 'mtcnn')].find((candidate) =>
    Object.keys(mtcnnFiles).every((name) => existsSync(join(candidate, name))),
  );
}

export interface DownloadOptions extends RequestOptions {
  /** Called with one sentence before the network is used. */
  onNotice?: (message: string) => void;
}

/**
 * Downloads MTCNN's weights (2 MB) from the facenet repository at a fixed commit and checks each file's SHA-256 before
 * it gets its name; the folder they are in.
 * @throws UserError when the network or a file is not as it should be, StoppedError on abort.
 */
export async function downloadMtcnn(folder: string = assetsFolder(), options: DownloadOptions = {}): Promise<string> {
  const target = join(folder, 'mtcnn');
  const byHand = `Put ${Object.keys(mtcnnFiles).join(', ')} into ${target} by hand, or use --detector starter.`;
  options.onNotice?.(`MTCNN's weights are not in ${folder}: downloading 2 MB from ${source}`);
  const files: { path: string; bytes: Uint8Array }[] = [];
  for (const [name, sha256] of Object.entries(mtcnnFiles)) {
    const bytes = await downloadBytes("MTCNN's weights", `${source}/${name}`, byHand, options);
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) {
      throw new UserError(`${source}/${name} is not the file that is expected (SHA-256 ${found}).`, byHand);
    }
    files.push({ path: join(target, name), bytes });
  }
  await mkdir(target, { recursive: true });
  for (const { path, bytes } of files) await writeFileAtomic(path, bytes);
  return target;
}
