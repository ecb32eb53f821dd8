// What the files of crops are called.

/** File of a photograph's only face. */
function singleTarget(targetStem: string): string {
  return `${targetStem}.png`;
}

/** File of face `index`; with several faces every file is numbered, even when only one is found (spec §2.2). */
function numberedTarget(targetStem: string, index: number): string {
  return `${targetStem}_${index}.png`;
}

/** File of face `index` of a photograph; the first tells that all of them are there. */
export function targetOfFace(
  targetStem: string,
  index: number,
  { detectMultipleFaces }: { detectMultipleFaces: boolean },
): string {
  return detectMultipleFaces ? numberedTarget(targetStem, index) : singleTarget(targetStem);
}
