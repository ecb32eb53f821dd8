// The photographs of a demo: people to train on, other people to measure with, and pairs of the latter.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { generatePairs, pairedPeople } from '../dataset/generatePairs';
import { NumpyRandom } from '../dataset/random';
import { scanDataset } from '../dataset/scan';
import { activities } from '../protocol/activities';
import { throwIfStopped } from '../protocol/errors';
import type { DemoRequest } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';
import { writeFileAtomic } from '../files/atomicFile';
import type { DemoFolder } from './demoFolder';
import { developPhotograph } from './develop';
import { nameOf } from './names';
import { type Person, drawPerson } from './person';
import { drawPhotograph } from './photograph';

/** Photographs under way at a time: the drawing runs on sharp's threads, the rest here. */
const concurrency = 4;
/** Photographs of each person to measure with; pairs need few. */
const photographsPerPair = 8;

interface Album {
  person: Person;
  index: number;
  folder: string;
  photographs: number;
}

/** The albums of a demo. People of the pairs are never among those who train. */
function planAlbums(request: DemoRequest, folder: DemoFolder): Album[] {
  const album = (index: number, root: string, photographs: number): Album => {
    const person = drawPerson(request.seed, index, nameOf(index));
    return { person, index, folder: join(root, person.name), photographs };
  };
  const train = Array.from({ length: request.people }, (_, i) =>
    album(i, folder.photographs.train, request.photographs),
  );
  const others = Math.max(request.people, 8);
  const perPerson = Math.min(request.photographs, photographsPerPair);
  const lfw = Array.from({ length: others }, (_, i) => album(request.people + i, folder.photographs.lfw, perPerson));
  return [...train, ...lfw];
}

/**
 * Draws what is not there yet: `photos/train` and `photos/lfw` with files `<Person>_0001.jpg`, and pairs.txt with ten
 * folds. The same request draws the same pictures, file by file.
 *
 * @throws StoppedError on abort; another run continues.
 */
export async function drawPhotographs(request: DemoRequest, folder: DemoFolder, context: JobContext): Promise<void> {
  const albums = planAlbums(request, folder);
  for (const album of albums) await mkdir(album.folder, { recursive: true });
  const tasks = albums.flatMap((album) =>
    Array.from({ length: album.photographs }, (_, number) => ({ album, number })),
  );
  let next = 0;
  let done = 0;
  const report = (): void =>
    context.report({ type: 'progress', activity: activities.drawing, done, total: tasks.length, unit: 'photographs' });
  const work = async (): Promise<void> => {
    while (next < tasks.length) {
      throwIfStopped(context.signal);
      const { album, number } = tasks[next++]!;
      await drawFile(request.seed, album, number);
      done++;
      report();
    }
  };
  report();
  await Promise.all(Array.from({ length: concurrency }, work));
  if (!existsSync(folder.pairs)) await writePairs(request, folder);
}

async function drawFile(seed: number, { person, index, folder }: Album, number: number): Promise<void> {
  const path = join(folder, `${person.name}_${String(number + 1).padStart(4, '0')}.jpg`);
  if (existsSync(path)) return;
  await writeFileAtomic(path, await developPhotograph(person, drawPhotograph(seed, index, number)));
}

/** Up to 300 pairs of each kind, as in a fold of LFW; fewer where there are few photographs. */
async function writePairs(request: DemoRequest, folder: DemoFolder): Promise<void> {
  const dataset = await scanDataset(folder.photographs.lfw);
  const possible = dataset.people.reduce((sum, { images }) => sum + (images.length * (images.length - 1)) / 2, 0);
  const perKind = Math.max(1, Math.min(30, Math.floor((0.6 * possible) / 10)));
  const random = new NumpyRandom(request.seed);
  const text = await generatePairs(dataset, await pairedPeople(dataset), { folds: 10, perKind, random });
  await writeFileAtomic(folder.pairs, text);
}
