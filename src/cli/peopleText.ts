// The result per person, as lines of a terminal.
import { worstFirst } from '../recognize/people';
import type { PeopleResult, PersonResult } from '../protocol/peopleResult';
import { shownName } from '../protocol/shownText';
import { percent } from '../words/rates';

/** Of those who are mixed up, in brief. */
const mostInBrief = 5;

/** E.g. `Ada Lovelace: 1 of 3, taken for Grace Hopper (2)`. */
function lineOf({ name, images, right, takenFor }: PersonResult): string {
  const others = takenFor.slice(0, 3).map((other) => `${shownName(other.name)} (${other.images})`);
  const rest = takenFor.length > others.length ? ', …' : '';
  const taken = others.length === 0 ? '' : `, taken for ${others.join(', ')}${rest}`;
  return `${shownName(name)}: ${right} of ${images}${taken}`;
}

function headline({ right, images, step, people }: PeopleResult): string {
  return `Held-out images at step ${step}: ${right} of ${images} of ${people.length} people are named right (${percent(right / images)}).`;
}

/** The sum, and those who are mixed up most. */
export function peopleInBrief(result: PeopleResult): string[] {
  const mixedUp = worstFirst(result.people).filter(({ right, images }) => right < images);
  const rest = mixedUp.length - mostInBrief;
  return [
    headline(result),
    ...mixedUp.slice(0, mostInBrief).map((person) => `  ${lineOf(person)}`),
    ...(rest > 0 ? [`  ${rest} more: facenet people tells all.`] : []),
  ];
}

/** The sum and everybody, worst first. */
export function peopleInFull(result: PeopleResult): string[] {
  return [headline(result), ...worstFirst(result.people).map((person) => `  ${lineOf(person)}`)];
}
