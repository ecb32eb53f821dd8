import { resolve } from 'node:path';
import { reportPage, reportPoint } from '../evaluate/html/reportPage';
import { wrongPairs } from '../evaluate/operatingPoint';
import { thumbnailOf } from '../image/thumbnail';
import type { LfwReport } from '../protocol/lfwReport';
import type { Verdict } from '../protocol/verdict';
import { writeFileAtomic } from '../files/atomicFile';
import { isInside } from '../files/insideFolder';

/** Pairs of each kind of mistake that carry their pictures into the file: about 6 kB a pair. */
const pairsShown = 60;
/** Edge of the pictures, pixels: twice what is shown, for sharp screens. */
const pictureSize = 160;

/**
 * Writes a report as one HTML file with the pictures of its wrong pairs inside; a picture that cannot be read leaves
 * its place empty.
 *
 * @throws UserError when the file cannot be written.
 */
export async function writeReportPage(
  path: string,
  report: LfwReport,
  options: { baseline?: LfwReport; verdict?: Verdict; threshold?: number } = {},
): Promise<void> {
  const { falseAccepts, falseRejects } = wrongPairs(report.distances, reportPoint(report, options.threshold).threshold);
  const shown = [...falseRejects.slice(0, pairsShown), ...falseAccepts.slice(0, pairsShown)];
  const pictures = new Map<string, string>();
  for (const image of new Set(shown.flatMap(({ a, b }) => [a, b]))) {
    const address = await pictureAddress(report.imagesDir, image);
    if (address !== undefined) pictures.set(image, address);
  }
  const page = reportPage(report, { ...options, pairsShown, picture: (image) => pictures.get(image) });
  await writeFileAtomic(path, page);
}

/** A report may come from anybody, and its page go to anybody: only pictures of the folder that it names are in it. */
async function pictureAddress(folder: string, image: string): Promise<string | undefined> {
  const path = resolve(folder, image);
  if (folder === '' || !isInside(resolve(folder), path)) return undefined;
  return thumbnailOf(path, pictureSize).catch(() => undefined);
}
