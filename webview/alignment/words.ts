// What the page says of a photograph.
import * as l10n from '@vscode/l10n';
import type { AlignmentEntry, Doubt } from '../../src/protocol/alignmentLog';

/** Detectors look for faces from about this many pixels on; a photograph that is hardly larger holds none. */
const smallPhotograph = 40;

const doubtWords: Record<Doubt, (faces: number) => string> = {
  small: (faces) => (faces > 1 ? l10n.t('a face is small') : l10n.t('the face is small')),
  several: (faces) =>
    faces > 1 ? l10n.t('{0} faces, each was cut out', faces) : l10n.t('several faces, one was taken'),
  uncertain: () => l10n.t('uncertain whether it is a face'),
};

/** Why a photograph is shown, e.g. `the face is small, several faces, one was taken`. */
export function reasonOf(entry: AlignmentEntry): string {
  switch (entry.outcome) {
    case 'noFace':
      return Math.min(...entry.size) < smallPhotograph
        ? l10n.t('too small: {0}×{1} pixels', entry.size[0], entry.size[1])
        : l10n.t('no face found');
    case 'unreadable':
      return l10n.t('cannot be read: {0}', entry.message);
    case 'aligned':
      return (entry.doubts ?? []).map((doubt) => doubtWords[doubt](entry.faces.length)).join(', ');
    case 'corrected':
      return l10n.t('corrected by hand');
  }
}
