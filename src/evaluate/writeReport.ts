import { dirname, relative, resolve, sep } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import { isInside } from '../files/insideFolder';
import type { LfwReport } from '../protocol/lfwReport';

/** Writes a report; where its images are in the same workspace it says how they are reached from it. */
export async function writeReport(path: string, report: LfwReport): Promise<void> {
  const imagesFromReport = wayToImages(path, report.imagesDir);
  const stored: LfwReport = { ...report, ...(imagesFromReport !== undefined && { imagesFromReport }) };
  await writeFileAtomic(path, `${JSON.stringify(stored)}\n`);
}

/** Undefined where the report is in no workspace (the folder that holds `.facenet`), or the images are not in its one. */
function wayToImages(path: string, imagesDir: string): string | undefined {
  const at = resolve(path).lastIndexOf(`${sep}.facenet${sep}`);
  if (at < 0 || imagesDir === '') return undefined;
  const workspace = resolve(path).slice(0, at + 1);
  const images = resolve(imagesDir);
  return isInside(workspace, images)
    ? relative(dirname(resolve(path)), images)
        .split(sep)
        .join('/')
    : undefined;
}
