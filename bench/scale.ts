/**
 * npm run bench -- scale: what grows with the number of images. Datasets of hard links (bench/subjects/linkedFaces.ts); of
 * each size the stages of bench/subjects/scaleStages.ts, each in a process of its own.
 *
 * FACENET_BENCH_SIZES=10000,100000 chooses the sizes (those are the default), of 100 images a person; `453453x10575` says
 * the number of people too. FACENET_BENCH_STAGES=index,train chooses the stages. Where two sizes are measured it fails, after
 * the figures, if the larger one costs over 20 % more per image or step, or needs over 10 % more memory.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from './measurement';
import { linkedFaces } from './subjects/linkedFaces';
import { type Stage, stages } from './subjects/scaleStages';
import { collectEarly, smallYoungGeneration } from '../src/worker/heap';

const imagesEach = 100;
const edge = 32;
const mostGrowth = 1.2;
const mostMemory = 1.1;

interface Size {
  images: number;
  people: number;
}

const sizes = (process.env['FACENET_BENCH_SIZES'] ?? '10000,100000').split(',').map((size): Size => {
  const [images, people] = size.split('x').map(Number);
  return { images: images!, people: people ?? Math.ceil(images! / imagesEach) };
});
const asked = (process.env['FACENET_BENCH_STAGES'] ?? Object.keys(stages).join()).split(',') as Stage[];

/** Runs one stage in a process of its own, so that its memory is its own. */
function measure(stage: Stage, root: string, home: string, images: number): Record<string, number> {
  const answer = join(home, 'answer.json');
  const work = `require(${JSON.stringify(__filename)}).work(...process.argv.slice(1))`;
  const { status } = spawnSync(
    process.execPath,
    ['--expose-gc', smallYoungGeneration, '-e', work, stage, root, home, String(images), answer],
    {
      stdio: ['ignore', 2, 2],
    },
  );
  if (status !== 0) throw new Error(`stage ${stage} of ${images} images ended with ${status}`);
  return JSON.parse(readFileSync(answer, 'utf8')) as Record<string, number>;
}

/** What the process of one stage does. */
export async function work(stage: Stage, root: string, home: string, images: string, answer: string): Promise<void> {
  const { writeFileSync } = await import('node:fs');
  collectEarly();
  writeFileSync(answer, JSON.stringify(await stages[stage](root, home, Number(images))));
}

export async function run(): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const found = new Map<string, Map<number, number>>();
  for (const { images, people } of sizes) {
    const faces = await linkedFaces(images, people, edge);
    const home = mkdtempSync(join(tmpdir(), 'facenet-bench-home-'));
    try {
      for (const stage of asked) {
        for (const [name, value] of Object.entries(measure(stage, faces.root, home, images))) {
          const unit = name.split(', ').at(-1)!;
          const size = `${images.toLocaleString('en')} images of ${people.toLocaleString('en')} people`;
          measurements.push({ name: `${size}: ${name.slice(0, -unit.length - 2)}`, value, unit });
          found.set(name, (found.get(name) ?? new Map<number, number>()).set(images, value));
        }
      }
    } finally {
      faces.remove();
      rmSync(home, { recursive: true, force: true });
    }
  }
  return [...measurements, ...growing(found)];
}

/** What is not constant from the smallest size to the largest one, as measurements that say so. */
function growing(found: ReadonlyMap<string, ReadonlyMap<number, number>>): Measurement[] {
  const all = sizes.map(({ images }) => images);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const faults: Measurement[] = [];
  for (const [name, values] of found) {
    const isMemory = name.endsWith('MB');
    if (!isMemory && !/µs\/image$|ms\/step$/.test(name)) continue;
    const growth = values.get(most)! / values.get(least)!;
    const bound = isMemory ? mostMemory : mostGrowth;
    if (growth <= bound) continue;
    const fault = `${name} grows by a factor of ${growth.toFixed(2)} from ${least} to ${most} images; ${bound} is allowed`;
    faults.push({ name: `growth of ${name}`, value: growth, unit: '×', fault });
  }
  return faults;
}
