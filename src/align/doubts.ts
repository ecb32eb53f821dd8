import type { Doubt } from '../protocol/alignmentLog';
import type { Face } from './face';

/** Scores below these are of faces that are often none, or turned away; the two detectors count differently. */
const certain = { mtcnn: 0.95, starter: 0.75 } as const;

/**
 * Why a face that was taken should be looked at by a person.
 * @param found number of faces in the photograph, of which `taken` were cut out
 * @param imageSize edge of the crop, pixels
 */
export function doubtsOf(
  { x1, y1, x2, y2, score }: Face,
  { found, taken, imageSize }: { found: number; taken: number; imageSize: number },
  detector: keyof typeof certain,
): Doubt[] {
  const doubts: Doubt[] = [];
  if (Math.min(x2 - x1, y2 - y1) < imageSize / 2) doubts.push('small');
  if (found > taken || taken > 1) doubts.push('several');
  if (score < certain[detector]) doubts.push('uncertain');
  return doubts;
}
