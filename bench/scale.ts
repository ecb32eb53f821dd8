/**
 * npm run bench -- scale: what grows with the number of images. Datasets of hard links (bench/subjects/linkedFaces.ts) of
 * 100 images a person; of each size the stages of a training in a process of its own, with the largest memory of the
 * process while it trains.
 *
 * FACENET_BENCH_SIZES=10000,100000 chooses the sizes (default 10,000 and 100,000; CASIA-WebFace has 453,453 images,
 * VGGFace2 3,311,286), FACENET_BENCH_STAGES=index,train,clean the stages. It fails where a stage costs over 20 % more per
 * image at the largest size than at the smallest, or where the memory while it trains differs by more than 10 %.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from './measurement';
import { linkedFaces } from './subjects/linkedFaces';
import { type Stage, stages } from './subjects/scaleStages';

const imagesEach = 100;
const edge = 32;
const mostGrowth = 1.2;
const mostMemory = 1.1;

const sizes = (process.env['FACENET_BENCH_SIZES'] ?? '10000,100000').split(',').map(Number);
const asked = (process.env['FACENET_BENCH_STAGES'] ?? Object.keys(stages).join()).split(',') as Stage[];

/** Runs one stage in a process of its own, so that its memory is its own. */
function measure(stage: Stage, root: string, home: string, images: number): Record<string, number> {
  const answer = join(home, 'answer.json');
  const work = `require(${JSON.stringify(__filename)}).work(...process.argv.slice(1))`;
  const { status } = spawnSync(
    process.execPath,
    ['--expose-gc', '-e', work, stage, root, home, String(images), answer],
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
  writeFileSync(answer, JSON.stringify(await stages[stage](root, home, Number(images))));
}

export async function run(): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const found = new Map<string, Map<number, number>>();
  for (const images of sizes) {
    const faces = await linkedFaces(images, imagesEach, edge);
    const home = mkdtempSync(join(tmpdir(), 'facenet-bench-home-'));
    try {
      for (const stage of asked) {
        for (const [name, value] of Object.entries(measure(stage, faces.root, home, images))) {
          const unit = name.split(', ').at(-1)!;
          measurements.push({ name: `${images.toLocaleString('en')} images: ${name}`, value, unit });
          found.set(name, (found.get(name) ?? new Map<number, number>()).set(images, value));
        }
      }
    } finally {
      faces.remove();
      rmSync(home, { recursive: true, force: true });
    }
  }
  judge(found);
  return measurements;
}

/** @throws Error naming what is not constant */
function judge(found: ReadonlyMap<string, ReadonlyMap<number, number>>): void {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const faults: string[] = [];
  for (const [name, values] of found) {
    const isMemory = name.endsWith('MB');
    if (!isMemory && !name.endsWith('µs/image')) continue;
    const growth = values.get(most)! / values.get(least)!;
    if (growth > (isMemory ? mostMemory : mostGrowth)) faults.push(`${name} grows by a factor of ${growth.toFixed(2)}`);
  }
  if (faults.length > 0) throw new Error(`from ${least} to ${most} images ${faults.join('; ')}`);
}
