import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { flattenDataset, type Dataset } from './scan';

/**
 * SHA-256 over the relative path, size and modification time of every image: tells whether a run would see the same
 * dataset again without reading a gigabyte.
 */
export async function fingerprint(dataset: Dataset): Promise<string> {
  const hash = createHash('sha256');
  for (const { path } of flattenDataset(dataset)) {
    const info = await stat(path);
    hash.update(`${relative(dataset.root, path).replaceAll('\\', '/')}\0${info.size}\0${info.mtimeMs}\n`);
  }
  return hash.digest('hex');
}
