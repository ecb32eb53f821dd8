// What is said of a face at a threshold.
import * as l10n from '@vscode/l10n';
import type { NearPerson, RecognizedFace } from '../../src/protocol/recognition';
import type { ShownPhotograph } from '../../src/protocol/webview';
import { percent } from '../../src/words/rates';

/** Where no threshold was chosen for the model. */
export const usualThreshold = 0.5;
/** People that are shown beside each face. */
export const mostNearest = 3;

/** Two decimals: a cosine. */
export function similarityText(similarity: number): string {
  return similarity.toFixed(2);
}

/** How sure it is that a face is this person: the probability where it is known, else the similarity alone. */
export function sureness({ similarity, confidence }: NearPerson): string {
  return confidence === undefined
    ? similarityText(similarity)
    : `${similarityText(similarity)} · ${percent(confidence)}`;
}

export function isUnknown({ nearest }: RecognizedFace, threshold: number): boolean {
  const [first] = nearest;
  return first === undefined || first.similarity < threshold;
}

/** A name as people write it; folders have underscores for blanks. */
export function shownPerson(name: string): string {
  return name.replaceAll('_', ' ');
}

/** The name that is given to a face: that of the nearest one, or `unknown`. */
export function nameOf(face: RecognizedFace, threshold: number): string {
  return isUnknown(face, threshold) ? l10n.t('unknown') : shownPerson(face.nearest[0]!.name);
}

/** Who is in a photograph, for its row: `Ada Lovelace, 1 unknown`. */
export function inShort({ found }: ShownPhotograph, threshold: number): string {
  if (found === undefined) return l10n.t('not looked at yet');
  if ('problem' in found) return found.problem;
  if (found.faces.length === 0) return l10n.t('no face found');
  const known = found.faces.filter((face) => !isUnknown(face, threshold)).map((face) => nameOf(face, threshold));
  const strangers = found.faces.length - known.length;
  const others = strangers === 0 ? [] : strangers === 1 ? [l10n.t('1 unknown')] : [l10n.t('{0} unknown', strangers)];
  return [...known, ...others].join(', ');
}
