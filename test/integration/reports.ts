// Reports that tests of the tabs show.
import { evaluatePairs } from '../../src/evaluate/evaluatePairs';
import { buildReport } from '../../src/evaluate/report';
import type { LfwReport } from '../../src/protocol/lfwReport';

/** A report on 40 pairs of two people whose embeddings lie on a circle: one person's faces up to `spread` rad apart. */
export function makeReport(imagesDir: string, spread: number, step: number): LfwReport {
  const pairs = Array.from({ length: 40 }, (_, index) => {
    const same = index % 2 === 0;
    const image = (person: string, number: number): string => `${person}/${person}_000${number}.png`;
    return {
      relativeA: image('Ada', 1 + (index % 3)),
      relativeB: image(same ? 'Ada' : 'Grace', 1 + ((index + 1) % 3)),
      same,
    };
  });
  const data = new Float64Array(pairs.length * 4);
  pairs.forEach(({ same }, index) => {
    const apart = same ? (spread * (index % 10)) / 8 : 0.6 + (index % 10) / 10;
    data.set([1, 0, Math.cos(apart), Math.sin(apart)], index * 4);
  });
  const options = { folds: 10, distanceMetric: 0, subtractMean: false } as const;
  const evaluation = evaluatePairs(
    { dimension: 2, data },
    pairs.map(({ same }) => same),
    options,
  );
  return buildReport(evaluation, {
    model: { path: 'starter', name: 'starter', step },
    imagesDir,
    recipe: { alignment: 'landmarks', imageSize: 150, standardization: 'dlib', useFlippedImages: false },
    options,
    pairs,
    skipped: [],
  });
}
