// What a check has found, kept beside the index of the dataset, so that it is there after the window was reloaded.
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pMap from 'p-map';
import { indexFile, indexFolderOf } from '../../src/dataset/datasetIndex';
import { listPeople, personFolder } from '../../src/dataset/scan';
import { writeFileAtomic } from '../../src/files/atomicFile';
import { type KeptCheck, keptCheckSchema, type Problem } from '../../src/protocol/problem';
import { rootFor } from '../jobs/jobRequests';

/** Files and folders that are looked at together. */
const atOnce = 16;

export interface RecalledCheck {
  /** Those whose files are as they were. */
  problems: readonly Problem[];
  /** Images have come or gone since, so that there may be more. */
  isOutdated: boolean;
}

/** Undefined where nothing is kept of a dataset: its folder of indexes would lie in the dataset itself. */
function fileOf(dataset: string): string | undefined {
  const folder = indexFolderOf(join(rootFor(dataset, dirname(dataset)), '.facenet'), dataset);
  return folder === undefined ? undefined : indexFile(folder, dataset, 'problems.json');
}

/** Keeps what was found, in the place of what was found before. @throws Error of the file system */
export async function keepCheck(dataset: string, problems: readonly Problem[]): Promise<void> {
  const file = fileOf(dataset);
  if (file === undefined) return;
  const folders = await foldersState(dataset);
  const stated = await pMap(problems, async (problem) => ({ problem, state: await stateOf(problem) }), {
    concurrency: atOnce,
  });
  await mkdir(dirname(file), { recursive: true });
  const kept: KeptCheck = { version: 1, root: dataset, folders, problems: stated };
  await writeFileAtomic(file, JSON.stringify(kept));
}

/** What is kept and still holds; undefined where there is nothing, or nothing that holds. */
export async function recallCheck(dataset: string): Promise<RecalledCheck | undefined> {
  const file = fileOf(dataset);
  const text = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const kept = parse(text);
  if (kept?.root !== dataset) return undefined;
  // A dataset whose disk is away is not known to have changed, but nothing of it can be shown either.
  const folders = await foldersState(dataset).catch(() => undefined);
  if (folders === undefined) return undefined;
  const holds = await pMap(kept.problems, async ({ problem, state }) => (await stateOf(problem)) === state, {
    concurrency: atOnce,
  });
  const problems = kept.problems.filter((_, index) => holds[index]).map(({ problem }) => problem);
  const isOutdated = folders !== kept.folders;
  return isOutdated && problems.length === 0 ? undefined : { problems, isOutdated };
}

function parse(text: string): KeptCheck | undefined {
  try {
    return keptCheckSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Written by another version, or damaged: the next check writes it anew.
    return undefined;
  }
}

/** Of the file, or the folder of a person, that a problem is about. */
async function stateOf({ path }: Problem): Promise<string> {
  const status = await stat(path, { bigint: true }).catch(() => undefined);
  return status === undefined ? 'absent' : `${status.size} ${status.mtimeNs} ${status.ino}`;
}

/** Changes when a person or an image comes or goes. @throws UserError where the dataset cannot be read */
async function foldersState(dataset: string): Promise<string> {
  const people = await listPeople(dataset);
  const states = await pMap(
    people,
    async (name) => {
      const status = await stat(personFolder(dataset, name), { bigint: true }).catch(() => undefined);
      return `${name}\0${status?.mtimeNs ?? 'absent'}`;
    },
    { concurrency: atOnce },
  );
  return createHash('sha256').update(states.join('\n')).digest('hex');
}
