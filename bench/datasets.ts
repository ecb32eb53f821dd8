// npm run bench -- datasets: what the Datasets view reads of 10,000 people and 1,000,000 images. The images are links to a
// few empty files; names alone are read, so what is in them does not matter.
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { countImages, listImages, listPeople } from '../src/dataset/scan';
import type { Measurement } from './measurement';

const people = 10_000;
const imagesEach = 90;
/** One person has all the others. */
const imagesOfOne = 1_000_000 - (people - 1) * imagesEach;
/** File systems allow some 65,000 names of a file. */
const namesPerFile = 50_000;
/** As extension/datasets/datasetsTree.ts reads them. */
const peoplePerGroup = 200;
const foldersAtOnce = 16;
/** A listing is given up after it has begun well. */
const givenUpAfterMilliseconds = 20;

function layOut(root: string): void {
  const sources = mkdtempSync(join(tmpdir(), 'facenet-bench-files-'));
  let names = 0;
  let source = '';
  for (let person = 0; person < people; person++) {
    const folder = join(root, `Person_${String(person).padStart(5, '0')}`);
    mkdirSync(folder);
    const count = person === 0 ? imagesOfOne : imagesEach;
    for (let image = 0; image < count; image++) {
      if (names++ % namesPerFile === 0) writeFileSync((source = join(sources, String(names))), '');
      linkSync(source, join(folder, `image_${String(image).padStart(6, '0')}.jpg`));
    }
  }
  rmSync(sources, { recursive: true });
}

async function timed<T>(work: () => Promise<T>): Promise<[milliseconds: number, result: T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

/** Milliseconds from giving a listing of the largest folder up until whoever waits for it is told. */
async function giveUp(root: string, name: string): Promise<number> {
  const stop = new AbortController();
  const listing = listImages(root, name, stop.signal);
  const given = new Promise<number>((resolve) =>
    setTimeout(() => {
      stop.abort();
      resolve(performance.now());
    }, givenUpAfterMilliseconds),
  );
  const answer = await listing.then(
    () => 'listed',
    () => 'given up',
  );
  const ended = performance.now();
  if (answer !== 'given up') throw new Error('the listing was over before it was given up');
  return ended - (await given);
}

/** Figures of the view: a dataset expanded, a group of its people, its largest person, and that given up. */
export async function run(): Promise<Measurement[]> {
  const root = mkdtempSync(join(tmpdir(), 'facenet-bench-'));
  try {
    layOut(root);
    const [expanded, names] = await timed(async () => listPeople(root));
    const some = names.slice(1, 1 + peoplePerGroup);
    const count = async (name: string): Promise<number> => countImages(root, name);
    const [counted] = await timed(async () => pMap(some, count, { concurrency: foldersAtOnce }));
    const [listed, images] = await timed(async () => listImages(root, names[0]!));
    if (names.length !== people || images.length !== imagesOfOne) throw new Error('not all of them were read');
    return [
      { name: 'names of 10 000 people', value: expanded, unit: 'ms', note: 'what expanding the dataset reads' },
      { name: 'images of a group of 200 people counted', value: counted, unit: 'ms', note: `${imagesEach} each` },
      {
        name: `names of ${imagesOfOne.toLocaleString('en').replace(',', ' ')} images of one person`,
        value: listed,
        unit: 'ms',
      },
      { name: 'that given up, until it has ended', value: await giveUp(root, names[0]!), unit: 'ms' },
    ];
  } finally {
    rmSync(root, { recursive: true });
  }
}
