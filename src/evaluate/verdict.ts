// Whether a training has made a model better, from the same pairs measured before and after (docs/verdict.md).
import type { LfwReport } from '../protocol/lfwReport';
import type { MeasuredVerdict, PeopleOfPairs, Verdict } from '../protocol/verdict';
import { recipeDifferences } from './operatingPoint';
import { countChanges, type PairChange, pairChanges } from './pairChanges';
import { pairedInterval } from './pairedInterval';
import { shownModel } from './reportNames';
import { type PairOfPeople, personOf, wideningBySharedPeople } from './sharedPeople';

/** With no more wrong pairs before there is next to nothing to put right. */
const fewestWrong = 5;
/** Half an interval of more than one point hides changes that people care for. */
const widestNoise = 0.01;
/** Part of the first spread of distances below which they mean nothing, as `CollapseWatch` has it. */
const collapsedPart = 0.1;

/**
 * Holds the report `after` against the report `before`. Both have to be about the same pairs, measured by the same recipe.
 * @param trained names of the people of the training, where they are known
 */
export function verdictOf(before: LfwReport, after: LfwReport, trained?: readonly string[]): Verdict {
  const step = after.model.step ?? 0;
  const differences = recipeDifferences(after.recipe, before.recipe);
  if (differences.length > 0) return { kind: 'incomparable', reason: 'recipe', step, differences };
  const changes = pairChanges(before, after);
  if (changes === undefined) return { kind: 'incomparable', reason: 'pairs', step, differences };

  const pairs = countChanges(changes);
  const people = changes.map(withPeople);
  const interval = pairedInterval(pairs.fixed, pairs.broken, changes.length, wideningBySharedPeople(people));
  const kind = spread(after) < collapsedPart * spread(before) ? 'collapsed' : sideOf(interval);
  return {
    kind,
    ...(kind === 'unchanged' && reasonOf(pairs, interval)),
    step,
    baseline: shownModel(before.model),
    ...(trained !== undefined && { people: peopleOf(after, new Set(trained)) }),
    before: before.accuracy.mean,
    after: after.accuracy.mean,
    interval,
    pairs,
    onPairs: new Set(people.flatMap(({ a, b }) => [a, b])).size,
  };
}

/** What a pair has gained: 1 where it was put right, −1 where it is newly wrong. */
function withPeople({ pair, change }: PairChange): PairOfPeople {
  const value = change === 'fixed' ? 1 : change === 'broken' ? -1 : 0;
  return { a: personOf(pair.a), b: personOf(pair.b), value };
}

function sideOf([low, high]: MeasuredVerdict['interval']): 'better' | 'worse' | 'unchanged' {
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'unchanged';
}

function reasonOf(
  { fixed, stillWrong }: MeasuredVerdict['pairs'],
  [low, high]: MeasuredVerdict['interval'],
): Pick<MeasuredVerdict, 'reason'> {
  if (fixed + stillWrong <= fewestWrong) return { reason: 'easy' };
  return (high - low) / 2 > widestNoise ? { reason: 'few' } : {};
}

/** Standard deviation of the distances. */
function spread({ distances }: Pick<LfwReport, 'distances'>): number {
  const mean = distances.reduce((sum, { distance }) => sum + distance, 0) / distances.length;
  return Math.sqrt(distances.reduce((sum, { distance }) => sum + (distance - mean) ** 2, 0) / distances.length);
}

function peopleOf({ distances }: Pick<LfwReport, 'distances'>, trained: ReadonlySet<string>): PeopleOfPairs {
  const people = new Set(distances.flatMap(({ a, b }) => [personOf(a), personOf(b)]));
  const known = [...people].filter((name) => trained.has(name)).length;
  if (known === 0) return 'outsiders';
  return known === people.size ? 'trained' : 'some trained';
}
