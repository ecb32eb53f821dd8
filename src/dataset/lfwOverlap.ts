// People of a training set who are in the validation set too: their faces are no strangers, and the number is too good.
import { readFile, stat } from 'node:fs/promises';
import { UserError, describeError } from '../protocol/errors';
import { parsePairs } from './pairsFormat';
import type { Problem } from '../protocol/problem';
import { listPeople, personFolder } from './scan';

/** Names as different sets write them: case, blanks, hyphens and Unicode forms do not make another person. */
function canonical(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');
}

/**
 * Names of the people in `source`: the folders of LFW, or the names in a pairs file.
 * @throws UserError where it cannot be read or names nobody.
 */
export async function namesOfLfw(source: string): Promise<string[]> {
  const status = await stat(source).catch((error: unknown) => {
    throw new UserError(
      `${source} cannot be read (${describeError(error)}).`,
      'Name the LFW folder or its pairs file.',
    );
  });
  if (status.isDirectory()) return listPeople(source);
  const { pairs } = parsePairs(await readFile(source, 'utf8'));
  if (pairs.length === 0) throw new UserError(`${source} names no pairs.`, 'Name the LFW folder or its pairs file.');
  return [...new Set(pairs.flatMap(({ a, b }) => [a.name, b.name]))];
}

/** Whether a name is that of one of these people, as different sets write it. */
export function namedAmong(names: readonly string[]): (name: string) => boolean {
  const known = new Set(names.map(canonical));
  return (name) => known.has(canonical(name));
}

/** One problem for each of `people` (folders below `root`) whose name is among `lfwNames`. */
export function overlapProblems(root: string, people: readonly string[], lfwNames: readonly string[]): Problem[] {
  const known = new Map(lfwNames.map((name) => [canonical(name), name]));
  return people.flatMap((person): Problem[] => {
    const other = known.get(canonical(person));
    if (other === undefined) return [];
    const lfwName = other === person ? {} : { lfwName: other };
    return [{ kind: 'also-in-lfw', path: personFolder(root, person), person, ...lfwName }];
  });
}
