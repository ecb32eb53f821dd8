import { assetsFolder, downloadMtcnn, findMtcnn, type DownloadOptions } from './assets';
import type { FaceDetector } from './face';

export type DetectorChoice = 'auto' | 'mtcnn' | 'starter';

/** Everything a worker needs to open a detector; plain data. */
export type DetectorSource = { name: 'mtcnn'; folder: string } | { name: 'starter' };

/** What was chosen, and the sentence that says why, where the user did not choose it. */
export interface ChosenDetector {
  source: DetectorSource;
  note?: string;
}

/**
 * Finds the detector's files. `mtcnn` downloads its weights when they are not there; `auto` never uses the network: it
 * takes MTCNN when its weights are there and else the starter detector, and says so.
 * @throws UserError when the weights cannot be had.
 */
export async function locateDetector(choice: DetectorChoice, options: DownloadOptions = {}): Promise<ChosenDetector> {
  if (choice === 'starter') return { source: { name: 'starter' } };
  const folder = findMtcnn();
  if (folder !== undefined) return { source: { name: 'mtcnn', folder } };
  if (choice === 'mtcnn') return { source: { name: 'mtcnn', folder: await downloadMtcnn(assetsFolder(), options) } };
  return {
    source: { name: 'starter' },
    note:
      `MTCNN's weights are not in ${assetsFolder()}, so faces are found by the starter detector; ` +
      'crops differ from those of the reference. --detector mtcnn downloads the weights.',
  };
}

/** Opens the detector on one thread. @throws UserError when its files are missing or damaged. */
export async function openDetector(source: DetectorSource): Promise<FaceDetector> {
  switch (source.name) {
    case 'mtcnn': {
      const { MtcnnDetector } = await import('./mtcnn/mtcnnDetector');
      return MtcnnDetector.open(source.folder);
    }
    case 'starter': {
      const { StarterDetector } = await import('./starter/starterDetector');
      return StarterDetector.open();
    }
  }
}
