import { openModel } from '../checkpoint/model';
import { scanDataset } from '../dataset/scan';
import { alignmentMismatches } from '../input/alignmentCheck';
import { activities } from '../protocol/activities';
import type { IdentificationReport } from '../protocol/identificationReport';
import type { IdentifyRequest } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';
import { evaluateIdentification } from '../recognize/evaluateIdentification';
import { openEmbedder } from '../recognize/openEmbedder';
import { keepReport, progressOf, warn } from './reporting';

/** What an identification is measured with, and how it is stopped and followed. */
interface Measuring {
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/**
 * Measures whether the people of a gallery are found among probes, and strangers refused.
 * @throws UserError as `evaluateIdentification`, and for a model or a folder that cannot be read
 */
export async function measureIdentification(
  { model: typed, galleryDir, probesDir, far, fpir }: Omit<IdentifyRequest, 'kind'>,
  measuring: Measuring,
): Promise<IdentificationReport> {
  const [gallery, probes] = [await scanDataset(galleryDir), await scanDataset(probesDir)];
  const model = await openModel(typed);
  const { path, name, step, recipe } = model;
  const mismatches = [galleryDir, probesDir].map(async (dir) => alignmentMismatches(dir, recipe));
  const notes = [...new Set([...model.notes, ...(await Promise.all(mismatches)).flat()])];
  const embedder = await openEmbedder(model, recipe);
  try {
    const subject = { model: { path, name, ...(step !== undefined && { step }) }, recipe, notes, far, fpir };
    return await evaluateIdentification(embedder, gallery, probes, subject, measuring);
  } finally {
    await embedder.dispose();
  }
}

/** The job: measures and keeps the report in the run folder as evaluations/identification.json. */
export async function runIdentification(request: IdentifyRequest, context: JobContext): Promise<void> {
  const report = await measureIdentification(request, {
    signal: context.signal,
    onProgress: progressOf(context, activities.embedding, 'images'),
  });
  warn(context, report.notes);
  await keepReport(context, 'identification.json', report, { rank1: report.rank1.rate });
}
