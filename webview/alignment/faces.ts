// The faces that were cut out of one photograph.
import type { AlignmentEntry, BoxCorners } from '../../src/protocol/alignmentLog';

export interface CutFace {
  /** From 0; where several faces of a photograph are cut out, their files end in it. */
  number: number;
  box: BoxCorners;
}

/** @param several whether all faces of a photograph are cut out, and not the one that it is about */
export function facesOf(entry: AlignmentEntry, several: boolean): CutFace[] {
  if (!('faces' in entry)) return [];
  return entry.faces.map(({ file, box }, index) => {
    const [, digits] = /_(\d+)\.[^./]+$/.exec(file) ?? [];
    return { number: several && digits !== undefined ? Number(digits) : index, box };
  });
}

/** The number of a face that is added by hand. */
export function nextNumber(faces: readonly CutFace[]): number {
  return Math.max(-1, ...faces.map(({ number }) => number)) + 1;
}

/** The face that lies at a place in the photograph, of several the smallest. */
export function faceAt(faces: readonly CutFace[], x: number, y: number): CutFace | undefined {
  const area = ({ box: [x1, y1, x2, y2] }: CutFace): number => (x2 - x1) * (y2 - y1);
  const there = faces.filter(({ box: [x1, y1, x2, y2] }) => x > x1 && x < x2 && y > y1 && y < y2);
  return there.sort((a, b) => area(a) - area(b))[0];
}
