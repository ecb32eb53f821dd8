import { readFile } from 'node:fs/promises';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';
import { type PeopleResult, peopleResultSchema } from '../protocol/peopleResult';

/** A result per person that a training has kept. @throws UserError when the file cannot be read or is none */
export async function readPeople(path: string): Promise<PeopleResult> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The result per person ${path} cannot be read.`, 'Train again to make a new one.', { cause });
  });
  try {
    return peopleResultSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(
      `${path} is no result per person of this version: ${jsonFault(cause)}.`,
      'Train again to make a new one.',
      { cause },
    );
  }
}
