// How far the figures of a report can be trusted: intervals, achieved rates and what so many pairs can claim.
import type { ReportPair, Uncertainty } from '../protocol/lfwReport';
import { countedRate, operatingRate } from './operatingRate';
import { personOf, wideningBySharedPeople } from './sharedPeople';

/** False-accept rates that a report speaks of. */
const farTargets = [1e-2, 1e-3];

/**
 * The 95 % intervals of a report's accuracy and validation rate, and TAR at FAR where the pairs of two people support it
 * (`operatingRate`). The interval of the accuracy is Wilson's, widened where pairs share people (docs/verdict.md); those of the
 * other rates take pairs as independent.
 * @param pairs with the distance as measured in the fold that tests them
 * @param thresholds of each fold: `accuracy` that of the greatest accuracy, `validation` that of the false-accept rate
 */
export function uncertaintyOf(
  pairs: readonly ReportPair[],
  thresholds: { accuracy: readonly number[]; validation: readonly number[] },
): Uncertainty {
  const isRight = ({ same, distance, fold }: ReportPair): boolean => same === distance < thresholds.accuracy[fold]!;
  const values = pairs.map((pair) => ({ a: personOf(pair.a), b: personOf(pair.b), value: isRight(pair) ? 1 : 0 }));
  const widening = wideningBySharedPeople(values);
  const [same, different] = [true, false].map((kind) => pairs.filter((pair) => pair.same === kind));
  const accepted = (of: readonly ReportPair[]): number =>
    of.filter(({ distance, fold }) => distance < thresholds.validation[fold]!).length;
  // A nearer pair scores higher.
  const scores = (of: readonly ReportPair[]): Float64Array => Float64Array.from(of, ({ distance }) => -distance).sort();
  const [genuine, impostors] = [scores(same!), scores(different!)];
  return {
    accuracy: countedRate(pairs.filter(isRight).length, pairs.length, widening),
    widening,
    validation: {
      accepted: countedRate(accepted(same!), same!.length),
      falseAccepts: countedRate(accepted(different!), different!.length),
    },
    rates: farTargets.map((target) => {
      const rate = operatingRate(target, impostors, genuine, genuine.length);
      return rate.at === undefined ? rate : { ...rate, at: { ...rate.at, threshold: -rate.at.threshold } };
    }),
  };
}
