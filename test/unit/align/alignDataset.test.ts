import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { readAlignmentRecord } from '../../../src/align/alignmentRecord';
import { alignDataset, type AlignSummary } from '../../../src/align/alignDataset';
import { StarterDetector } from '../../../src/align/starter/starterDetector';
import { decodeImage } from '../../../src/image/decode';
import type { ImageOutcome } from '../../../src/align/pool/messages';
import { StoppedError, UserError } from '../../../src/protocol/errors';
import { alignRequestSchema, type AlignRequest } from '../../../src/protocol/job';
import type { ReportedEvent } from '../../../src/protocol/jobContext';
import { memoryContext } from '../../../src/jobs/memoryContext';
import { buildAlignWorker } from '../../fixtures/alignWorker';
import { sharedPath, skipWithoutShared } from '../../fixtures/shared';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
let workerFile = '';
before(async () => {
  workerFile = await buildAlignWorker();
});
after(() => rm(workerFile, { force: true }));

interface Outcome {
  summary?: AlignSummary;
  events: ReportedEvent[];
  images: { source: string; outcome: ImageOutcome }[];
}

async function align(
  inputDir: string,
  outputDir: string,
  settings: Partial<AlignRequest> = {},
  stop = new AbortController(),
  onImage?: (source: string) => void,
): Promise<Outcome> {
  const request = alignRequestSchema.parse({
    kind: 'align',
    inputDir,
    outputDir,
    imageSize: 64,
    margin: 16,
    detector: 'starter',
    jobs: 1,
    ...settings,
  });
  const outcome: Outcome = { events: [], images: [] };
  const context = memoryContext({ signal: stop.signal, onEvent: (event) => outcome.events.push(event) });
  outcome.summary = await alignDataset(request, context, {
    workerFile,
    onImage: (source, result) => {
      outcome.images.push({ source, outcome: result });
      onImage?.(source);
    },
  });
  return outcome;
}

const grey = (width: number, height: number): ReturnType<typeof sharp> =>
  sharp({ create: { width, height, channels: 3, background: '#808080' } });

const warnings = ({ events }: Outcome): string[] =>
  events.flatMap((event) => (event.type === 'log' && event.level === 'warning' ? [event.message] : []));

test('bad images are one line each and never end the run', async () => {
  const input = join(root, 'bad', 'person');
  const output = join(root, 'bad-out');
  await mkdir(input, { recursive: true });
  const jpeg = await grey(64, 48).jpeg().toBuffer();
  await writeFile(join(input, 'a-gif.jpg'), await grey(32, 32).gif().toBuffer());
  await writeFile(join(input, 'b-truncated.jpg'), jpeg.subarray(0, jpeg.length / 2));
  await writeFile(join(input, 'c-empty.jpg'), '');
  await writeFile(join(input, 'd-text.png'), 'not an image');
  await grey(1, 4000).png().toFile(join(input, 'e-strip.png'));
  await grey(80, 80).toColourspace('cmyk').jpeg().toFile(join(input, 'f-cmyk.jpg'));
  await grey(80, 80).toColourspace('rgb16').png().toFile(join(input, 'g-16bit.png'));
  const outcome = await align(join(root, 'bad'), output);
  const kinds = Object.fromEntries(
    outcome.images.map(({ source, outcome: { kind } }) => [
      source.at(-5) === '.' ? source : source.slice(input.length + 1),
      kind,
    ]),
  );
  assert.deepEqual(kinds, {
    'a-gif.jpg': 'unreadable',
    'b-truncated.jpg': 'unreadable',
    'c-empty.jpg': 'unreadable',
    'd-text.png': 'unreadable',
    'e-strip.png': 'noFace',
    'f-cmyk.jpg': 'noFace',
    'g-16bit.png': 'noFace',
  });
  assert.deepEqual(
    { ...outcome.summary, imagesPerSecond: 0 },
    {
      images: 7,
      faces: 0,
      present: 0,
      noFace: 3,
      unreadable: 4,
      sameName: 0,
      detector: 'starter',
      imagesPerSecond: 0,
    },
  );
  assert.equal(warnings(outcome).length, 7);
  for (const { source } of outcome.images) {
    assert.equal(warnings(outcome).filter((message) => message.includes(source)).length, 1);
  }
  const [boxes] = (await readdir(output)).filter((name) => /^bounding_boxes_\d{5}\.txt$/.test(name));
  assert.deepEqual((await readFile(join(output, boxes!), 'utf8')).trim().split('\n'), [
    join(output, 'person', 'e-strip.png'),
    join(output, 'person', 'f-cmyk.png'),
    join(output, 'person', 'g-16bit.png'),
  ]);
  assert.deepEqual(await readdir(join(output, 'person')), []);
});

test('a file or an empty folder instead of a data set, and an output inside it, are refused', async () => {
  const file = join(root, 'file');
  await writeFile(file, '');
  await mkdir(join(root, 'empty'), { recursive: true });
  await mkdir(join(root, 'tidy', 'person'), { recursive: true });
  await grey(30, 30)
    .png()
    .toFile(join(root, 'tidy', 'person', 'a.png'));
  await assert.rejects(align(file, join(root, 'out')), UserError);
  await assert.rejects(align(join(root, 'empty'), join(root, 'out')), UserError);
  await assert.rejects(align(join(root, 'missing'), join(root, 'out')), UserError);
  await assert.rejects(align(join(root, 'tidy'), join(root, 'tidy')), /lies in the folder of the photographs/);
  await assert.rejects(align(join(root, 'tidy'), join(root, 'tidy', 'aligned')), /lies in the folder/);
  await assert.rejects(align(join(root, 'tidy'), join(file, 'out')), /cannot be made: a file is in the way/);
  await mkdir(join(root, 'blocked'));
  await writeFile(join(root, 'blocked', 'person'), 'mine');
  await assert.rejects(align(join(root, 'tidy'), join(root, 'blocked')), UserError);
  assert.equal(await readFile(join(root, 'blocked', 'person'), 'utf8'), 'mine');
});

const skip = skipWithoutShared('data', 'images');

async function portraits(name: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(join(folder, 'Anthony_Hopkins'), { recursive: true });
  for (const file of ['Anthony_Hopkins_0001.jpg', 'Anthony_Hopkins_0002.jpg']) {
    await cp(sharedPath('data', 'images', file), join(folder, 'Anthony_Hopkins', file));
  }
  return folder;
}

test('the output tree is the reference’s, and a second run continues', { skip }, async () => {
  process.env['FACENET_ASSETS'] = sharedPath('data', 'mtcnn');
  const input = await portraits('mtcnn');
  const output = join(root, 'mtcnn-out');
  const first = await align(input, output, { detector: 'auto', imageSize: 160, margin: 32 });
  assert.equal(first.summary!.detector, 'mtcnn');
  assert.equal(first.summary!.faces, 2);
  const names = await readdir(output);
  assert.deepEqual(names.map((name) => name.replace(/\d{5}/, 'N')).sort(), [
    'Anthony_Hopkins',
    'alignment.json',
    'bounding_boxes_N.txt',
    'images.jsonl',
    'revision_info.txt',
  ]);
  const boxes = await readFile(
    join(
      output,
      names.find((name) => name.startsWith('bounding'))!,
    ),
    'utf8',
  );
  const crop = (number: number): string => join(output, 'Anthony_Hopkins', `Anthony_Hopkins_000${number}.png`);
  assert.equal(boxes, `${crop(1)} 58 44 188 208\n${crop(2)} 56 46 186 204\n`);
  const { data, info } = await sharp(crop(1)).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [160, 160, 3]);
  assert.equal(
    data.reduce((sum, value) => sum + value, 0),
    7606523,
  );
  assert.match(
    await readFile(join(output, 'revision_info.txt'), 'utf8'),
    /^arguments: .*\n-{20}\nfacenet-workbench version: /,
  );
  const record = JSON.parse(await readFile(join(output, 'alignment.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(
    [record['detector'], record['alignment'], record['imageSize'], record['margin']],
    ['mtcnn', 'box', 160, 32],
  );

  await rm(crop(2));
  const second = await align(input, output, { detector: 'auto', imageSize: 160, margin: 32 });
  assert.deepEqual([second.summary!.present, second.summary!.faces], [1, 1]);
  assert.ok(existsSync(crop(2)));
  await assert.rejects(align(input, output, { imageSize: 96, detector: 'auto' }), /aligned with imageSize 160, not 96/);
});

test('several faces are numbered, and skipped by the next run', { skip }, async () => {
  const input = await portraits('several');
  const output = join(root, 'several-out');
  const first = await align(input, output, { detectMultipleFaces: true });
  assert.equal(first.summary!.faces, 2);
  assert.deepEqual((await readdir(join(output, 'Anthony_Hopkins'))).sort(), [
    'Anthony_Hopkins_0001_0.png',
    'Anthony_Hopkins_0002_0.png',
  ]);
  const second = await align(input, output, { detectMultipleFaces: true });
  assert.deepEqual([second.summary!.present, second.summary!.faces], [2, 0]);
});

test('landmark chips have eyes and nose where the starter model wants them', { skip }, async () => {
  const input = await portraits('chips');
  const output = join(root, 'chips-out');
  const { summary } = await align(input, output, { alignment: 'landmarks', imageSize: 150 });
  assert.equal(summary!.faces, 2);
  assert.equal((await readAlignmentRecord(output))!.chip, 'mean-face');
  const chip = join(output, 'Anthony_Hopkins', 'Anthony_Hopkins_0001.png');
  const detector = await StarterDetector.open();
  const [face] = await detector.detect(await decodeImage(chip));
  await detector.dispose();
  const wanted = [
    [37.1, 46.4],
    [58.4, 47.9],
    [89.6, 47.9],
    [111, 46.3],
    [74, 87.8],
  ] as const;
  wanted.forEach(([x, y], index) => {
    const found = face!.eyesAndNoseBase![index]!;
    assert.ok(Math.hypot(found.x - x, found.y - y) < 6, `point ${index} at ${found.x}, ${found.y}`);
  });
});

test(
  'a folder of chips of an older version is continued with them, and another chip is refused',
  { skip },
  async () => {
    const input = await portraits('old-chips');
    const output = join(root, 'old-chips-out');
    const settings = { alignment: 'landmarks', imageSize: 150 } as const;
    await align(input, output, { ...settings, chip: 'tip-at-base' });
    const record = (await readAlignmentRecord(output))!;
    assert.equal(record.chip, 'tip-at-base');
    // As it was written before there was a choice.
    await writeFile(join(output, 'alignment.json'), JSON.stringify({ ...record, chip: undefined }));
    const file = join(output, 'Anthony_Hopkins', 'Anthony_Hopkins_0001.png');
    const first = await readFile(file);
    await rm(file);
    await assert.rejects(
      align(input, output, { ...settings, chip: 'mean-face' }),
      /aligned with chip tip-at-base, not mean-face/,
    );
    const { summary } = await align(input, output, settings);
    assert.deepEqual([summary!.present, summary!.faces], [1, 1]);
    assert.deepEqual(await readFile(file), first);
    assert.equal((await readAlignmentRecord(output))!.chip, undefined);
  },
);

test('a photograph of a telephone held sideways is turned when that is asked', { skip }, async () => {
  const upright = join(root, 'upright', 'person');
  const sideways = join(root, 'sideways', 'person');
  await mkdir(upright, { recursive: true });
  await mkdir(sideways, { recursive: true });
  const portrait = sharp(sharedPath('data', 'images', 'Anthony_Hopkins_0001.jpg'));
  await portrait.clone().png().toFile(join(upright, 'a.png'));
  // PNG, so that both have the same pixels; orientation 6 says: turn by 90° to the right.
  await portrait.clone().rotate(270).withMetadata({ orientation: 6 }).png().toFile(join(sideways, 'a.png'));
  const crop = async (name: string): Promise<Buffer> => readFile(join(root, name, 'person', 'a.png'));
  const wanted = await align(join(root, 'upright'), join(root, 'upright-out'), { upright: true });
  assert.equal(wanted.summary!.faces, 1);
  const turned = await align(join(root, 'sideways'), join(root, 'turned-out'), { upright: true });
  assert.equal(turned.summary!.faces, 1);
  assert.deepEqual(await crop('turned-out'), await crop('upright-out'));
  const asItLies = await align(join(root, 'sideways'), join(root, 'sideways-out'));
  if (asItLies.summary!.faces > 0) assert.notDeepEqual(await crop('sideways-out'), await crop('upright-out'));
  await assert.rejects(align(join(root, 'sideways'), join(root, 'turned-out')), /aligned with upright true, not false/);
});

test('photographs that give the same file are not lost in silence', { skip }, async () => {
  const input = await portraits('same');
  await sharp(join(input, 'Anthony_Hopkins', 'Anthony_Hopkins_0001.jpg'))
    .png()
    .toFile(join(input, 'Anthony_Hopkins', 'Anthony_Hopkins_0001.png'));
  const outcome = await align(input, join(root, 'same-out'));
  assert.deepEqual([outcome.summary!.faces, outcome.summary!.sameName], [2, 1]);
  assert.ok(warnings(outcome).some((message) => message.includes('Anthony_Hopkins_0001.png is left out')));
});

test('a stopped run keeps what it has, and the next one finishes it', { skip }, async () => {
  const folder = join(root, 'stop', 'person');
  await mkdir(folder, { recursive: true });
  for (let i = 10; i < 30; i++)
    await cp(sharedPath('data', 'images', 'Anthony_Hopkins_0001.jpg'), join(folder, `${i}.jpg`));
  const stop = new AbortController();
  await assert.rejects(
    align(join(root, 'stop'), join(root, 'stop-out'), {}, stop, () => stop.abort()),
    StoppedError,
  );
  const made = (await readdir(join(root, 'stop-out', 'person'))).length;
  assert.ok(made >= 1 && made < 20, `${made} crops`);
  const rest = await align(join(root, 'stop'), join(root, 'stop-out'));
  assert.deepEqual([rest.summary!.present, rest.summary!.faces], [made, 20 - made]);
});

test('two runs may share an output folder', { skip }, async () => {
  const input = join(root, 'stop');
  const output = join(root, 'shared-out');
  const [a, b] = await Promise.all([
    align(input, output, { randomOrder: true }),
    align(input, output, { randomOrder: true }),
  ]);
  const files = await readdir(join(output, 'person'));
  assert.deepEqual(
    files.filter((name) => !name.endsWith('.png')),
    [],
  );
  assert.equal(files.length, 20);
  assert.ok(a.summary!.faces + b.summary!.faces >= 20);
  assert.equal((await readdir(output)).filter((name) => name.startsWith('bounding_boxes_')).length, 2);
});
