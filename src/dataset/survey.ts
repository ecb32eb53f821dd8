import { createHash } from 'node:crypto';
import { basename, dirname, relative } from 'node:path';
import { digestWords } from './digestTable';
import type { KnownFacts } from './knownFacts';
import { LookPool } from './looks/lookPool';
import { Samples } from './samples';
import type { Dataset } from './scan';

export interface Survey {
  fingerprint: string;
  /** Digest of the content of each image, [N, 4], in the order of the dataset; undefined where not all are known. */
  contents: Uint32Array | undefined;
}

/**
 * Looks once at each image: at its size and times, not into it. The fingerprint is SHA-256 over the relative path, size and
 * modification time of every image: it tells whether a run would see the same dataset again without reading a gigabyte. A
 * file that has gone meanwhile counts as changed.
 * @param known in which the same look finds the contents, as long as it knows them
 * @throws StoppedError once the signal is aborted
 */
export async function survey(dataset: Dataset, known?: KnownFacts, signal?: AbortSignal): Promise<Survey> {
  const hash = createHash('sha256');
  const { paths } = new Samples(dataset.people);
  let contents = known === undefined ? undefined : new Uint32Array(digestWords * paths.length);
  const pool = LookPool.open(paths.length);
  const look = async (some: readonly string[], start: number): Promise<Float64Array> => {
    if (contents === undefined) return pool.ask('stamps', some);
    const { stamps, ...found } = await pool.ask('keys', some);
    await known!.findAll(some, found, false, (seen, index) => {
      if (seen === undefined) contents = undefined;
      else contents?.set(seen.content, digestWords * (start + index));
    });
    return stamps;
  };
  let [folder, prefix] = ['', ''];
  try {
    await pool.inOrder(
      paths,
      async (some, start) => ({ some, stamps: await look(some, start) }),
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
  return { fingerprint: hash.digest('hex'), contents };
}
