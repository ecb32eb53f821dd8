import { createHash } from 'node:crypto';
import { basename, dirname, relative } from 'node:path';
import { LookPool } from './looks/lookPool';
import { Samples } from './samples';
import type { Dataset } from './scan';

/**
 * SHA-256 over the relative path, size and modification time of every image: tells whether a run would see the same
 * dataset again without reading a gigabyte. A file that has gone meanwhile counts as changed.
 * @throws StoppedError once the signal is aborted
 */
export async function fingerprint(dataset: Dataset, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const { paths } = new Samples(dataset.people);
  const pool = LookPool.open(paths.length);
  let [folder, prefix] = ['', ''];
  try {
    await pool.inOrder(
      paths,
      async (some) => ({ some, stamps: await pool.ask('stamps', some) }),
      ({ some, stamps }) => {
        let text = '';
        for (const [index, path] of some.entries()) {
          if (dirname(path) !== folder) {
            folder = dirname(path);
            prefix = `${relative(dataset.root, folder).replaceAll('\\', '/')}/`;
          }
          text += `${prefix}${basename(path)}\0${stamps[2 * index]}\0${stamps[2 * index + 1]}\n`;
        }
        hash.update(text);
      },
      signal,
    );
  } finally {
    await pool.close();
  }
  return hash.digest('hex');
}
