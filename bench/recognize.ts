// npm run bench -- recognize: a classifier beside scikit-learn's, a search among a million faces, and naming the faces of a photograph.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { openDetector } from '../src/align/createDetector';
import { probabilities, trainPairwiseSvm } from '../src/classify/pairwiseSvm';
import { NumpyRandom } from '../src/dataset/random';
import { openRowProducts } from '../src/engine/rowProducts';
import { facesOfImage } from '../src/identify/photographs';
import { nearestPeople } from '../src/identify/search';
import { decodeImage } from '../src/image/decode';
import { openFaceModel } from '../src/recognize/faceModel';
import { installationRoot } from '../src/engine/installation';
import { sharedPath, skipWithoutShared } from '../test/fixtures/shared';
import type { Measurement } from './measurement';

/** Wall and processor seconds of some work; the latter where other programs take the machine. */
async function timed(work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const started = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Rows of length 1 around one direction per person. */
function embeddings(count: number, people: number, dimension: number): { rows: Float32Array; labels: Int32Array } {
  const random = new NumpyRandom(5);
  const centres = Float32Array.from({ length: people * dimension }, () => random.uniform(-1, 1));
  const labels = Int32Array.from({ length: count }, (_, row) => row % people);
  const rows = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    const own = rows.subarray(row * dimension, (row + 1) * dimension);
    for (let d = 0; d < dimension; d++) own[d] = centres[labels[row]! * dimension + d]! + random.uniform(-1.2, 1.2);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    for (let d = 0; d < dimension; d++) own[d]! /= length;
  }
  return { rows, labels };
}

const scikitLearn = `
import sys, time, warnings, resource, numpy as np
warnings.simplefilter("ignore")
from sklearn.svm import SVC
x = np.fromfile(sys.argv[1], np.float32).reshape(-1, 512).astype(np.float64)
y = np.fromfile(sys.argv[2], np.int32)
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_utime
wall, cpu = time.time(), used()
SVC(kernel="linear", probability=True).fit(x, y)
print(time.time() - wall, used() - cpu)
`;

async function classifier(): Promise<Measurement[]> {
  const { rows, labels } = embeddings(3000, 175, 512);
  const ours = await timed(() => trainPairwiseSvm({ data: Float64Array.from(rows), dimension: 512 }, labels));
  const note = `${ours.cpu.toFixed(1)} s of processor time`;
  const measured: Measurement[] = [
    { name: 'classifier, 3,000 × 512 of 175 people', value: ours.wall, unit: 's', note },
  ];
  const python = join(installationRoot(), '.venv', 'bin', 'python');
  if (!existsSync(python)) return measured;
  const folder = mkdtempSync(join(tmpdir(), 'facenet-bench-'));
  try {
    const [x, y] = [join(folder, 'x'), join(folder, 'y')];
    writeFileSync(x, Buffer.from(rows.buffer));
    writeFileSync(y, Buffer.from(labels.buffer));
    const result = spawnSync(python, ['-c', scikitLearn, x, y], { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(result.stderr);
    const [wall, cpu] = result.stdout.trim().split(' ').map(Number) as [number, number];
    measured.push({
      name: "scikit-learn's on the same",
      value: wall,
      unit: 's',
      note: `${cpu.toFixed(1)} s of processor time`,
      ...(ours.cpu > cpu && { fault: `the classifier takes ${(ours.cpu / cpu).toFixed(2)} times scikit-learn's time` }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return measured;
}

async function search(): Promise<Measurement> {
  const [count, dimension] = [1_000_000, 512];
  const few = embeddings(10_000, 1000, dimension);
  const rows = new Float32Array(count * dimension);
  for (let start = 0; start < rows.length; start += few.rows.length) rows.set(few.rows, start);
  const owners = Uint32Array.from({ length: count }, (_, row) => row >> 2);
  const products = await openRowProducts(dimension);
  const times: { wall: number; cpu: number }[] = [];
  for (let round = 0; round < 7; round++) {
    const query = few.rows.slice(round * dimension, (round + 1) * dimension);
    times.push(await timed(async () => nearestPeople(await products.run(rows, count, query), owners, 3)));
  }
  await products.dispose();
  const cpu = 1000 * median(times.map((one) => one.cpu));
  return {
    name: '1:N among 1,000,000 × 512, exact',
    value: 1000 * median(times.map(({ wall }) => wall)),
    unit: 'ms',
    note: `${cpu.toFixed(0)} ms of processor time, which two cores share; aim 150 ms`,
    ...(cpu / 2 > 150 && { fault: `a search takes ${cpu.toFixed(0)} ms of processor time` }),
  };
}

async function photograph(): Promise<Measurement[]> {
  const skip = skipWithoutShared('data', 'images');
  if (skip !== false) throw new Error(skip);
  const portrait = sharedPath('data', 'images', 'Anthony_Hopkins_0001.jpg');
  const face = await sharp(readFileSync(portrait)).resize(330, 330, { fit: 'cover' }).toBuffer();
  const canvas = sharp({ create: { width: 1152, height: 868, channels: 3, background: '#7a8a7a' } });
  const places = [0, 1, 2].map((place) => ({ input: face, left: 40 + 370 * place, top: 150 + 60 * place }));
  const image = await decodeImage(await canvas.composite(places).png().toBuffer());
  const model = await openFaceModel('starter');
  const known = embeddings(200, 20, model.dimension);
  const machine = await trainPairwiseSvm(
    { data: Float64Array.from(known.rows), dimension: model.dimension },
    known.labels,
  );
  const detector = await openDetector({ name: 'mtcnn', folder: sharedPath('data', 'mtcnn') });
  let faces = 0;
  const detection: number[] = [];
  const naming: number[] = [];
  for (let round = 0; round < 9; round++) {
    detection.push((await timed(() => detector.detect(image))).cpu);
    const named = await timed(async () => {
      const found = await facesOfImage(image, detector, { recipe: model.recipe, margin: 44, wanted: 'all' });
      faces = found.length;
      const data = Float64Array.from(await model.embedCrops(found.map((one) => one.image)));
      probabilities(machine, { data, dimension: model.dimension });
    });
    naming.push(named.cpu);
  }
  await detector.dispose();
  await model.dispose();
  const [alone, whole] = [median(detection), median(naming)];
  return [
    { name: 'detection alone, 1 megapixel', value: 1000 * alone, unit: 'ms', note: 'processor time, MTCNN' },
    {
      name: `predict on it, ${faces} faces, starter`,
      value: 1000 * whole,
      unit: 'ms',
      note: `processor time, ${(whole / alone).toFixed(2)} times the detection; aim at most 1.3`,
      ...(whole > 1.3 * alone && { fault: `naming takes ${(whole / alone).toFixed(2)} times the detection` }),
    },
  ];
}

export async function run(): Promise<Measurement[]> {
  return [...(await classifier()), await search(), ...(await photograph())];
}
