// Embeddings of a dataset that several processes compute, each those of its people: rows of one part lie in
// <output>/.shards/<part> until the last part makes the files of the whole.
import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { parseNpyHeader, writeNpyInParts } from '../checkpoint/npy';
import { Samples } from '../dataset/samples';
import { byCodePoint, type Dataset } from '../dataset/scan';
import { readExactly } from '../files/readExactly';
import { UserError } from '../protocol/errors';
import { isOfShard } from '../shard/peopleOfShard';
import { PartsFolder, type PartsPlan } from '../shard/partsFolder';
import type { Shard } from '../shard/shard';
import type { Embedder, EmbedOptions } from './embedder';
import { type EmbeddingFiles, freeFiles, withExtension, writeLabels } from './exportEmbeddings';

/** The work that the plan of the parts names: one format, whichever command has begun it. */
export const exportWork = 'export-embeddings';
const rowsName = 'rows.npy';
/** What is copied at a time. */
const copiedAtOnce = 4 << 20;

const partSchema = z.object({ dimension: z.number().int(), people: z.array(z.tuple([z.string(), z.number().int()])) });
type Part = z.infer<typeof partSchema>;

/** What is to be exported in parts. */
export interface ShardedExport {
  dataset: Dataset;
  outputDir: string;
  /** Of the files, all in `outputDir`. */
  names: EmbeddingFiles;
  /** What the numbers depend on beside the images, e.g. a digest of the weights and the image size. */
  recipe: PartsPlan['recipe'];
}

/**
 * Computes the embeddings of one part's people and keeps them in the parts of the output folder. A part that is whole
 * already costs nothing; one that was killed begins again.
 * @param openEmbedder called where there is something to compute; what it opens is disposed of
 * @returns images of the part
 * @throws UserError where files are there that may not be replaced, or the parts are of other images, settings or number
 */
export async function exportShard(
  { dataset, outputDir, names, recipe }: ShardedExport,
  shard: Shard,
  openEmbedder: () => Promise<Embedder>,
  options: EmbedOptions & { force?: boolean } = {},
): Promise<number> {
  const files = Object.fromEntries(
    Object.entries(names as object).map(([kind, name]) => [kind, plainName(String(name))]),
  );
  await mkdir(outputDir, { recursive: true });
  // Once there are parts, files of the whole may be those of a merging that was killed.
  if ((await PartsFolder.existing(outputDir)) === undefined) await freeFiles(outputDir, names, options.force);
  const all = { ...recipe, ...files, images: namesDigest(dataset) };
  const plan: PartsPlan = { version: 1, work: exportWork, parts: shard.count, recipe: all };
  const parts = await PartsFolder.open(outputDir, plan);
  const people = dataset.people.filter(({ name }) => isOfShard(name, shard));
  const { paths } = new Samples(people);
  if (parts.isDone(shard)) return paths.length;
  const folder = await parts.folderOf(shard);
  const embedder = await openEmbedder();
  try {
    const { dimension } = embedder;
    await writeNpyInParts(join(folder, rowsName), '<f8', [paths.length, dimension], (append) =>
      embedder.embedInParts(paths, (values) => append(Float64Array.from(values)), options),
    );
    const told: Part = { dimension, people: people.map(({ name, images }) => [name, images.length]) };
    await parts.finish(shard, told);
  } finally {
    await embedder.dispose();
  }
  return paths.length;
}

/**
 * Makes the files of the whole, byte for byte those of one process.
 * @returns undefined where another process has done it
 * @throws UserError where parts are missing
 */
export async function mergeExport(parts: PartsFolder): Promise<{ people: number; images: number } | undefined> {
  parts.requireWhole();
  const whole = { people: 0, images: 0 };
  const done = await parts.merge(async (folder) => {
    const sources = await Promise.all(
      Array.from({ length: parts.plan.parts }, async (_, index) => RowsOfPart.open(parts, index)),
    );
    try {
      const people = sources
        .flatMap((source) => source.part.people.map(([name, images]) => ({ name, images, source })))
        .sort((a, b) => byCodePoint(a.name, b.name));
      whole.people = people.length;
      whole.images = people.reduce((sum, { images }) => sum + images, 0);
      const names = namesOf(parts.plan.recipe);
      await writeNpyInParts(
        join(folder, names.embeddings),
        '<f8',
        [whole.images, sources[0]!.part.dimension],
        async (append) => {
          for (const { images, source } of people) await source.copy(images, append);
        },
      );
      await writeLabels(
        people.map(({ name, images }) => ({ name, images: { length: images } })),
        {
          labels: join(folder, names.labels),
          ...(names.labelStrings && { labelStrings: join(folder, names.labelStrings) }),
        },
      );
    } finally {
      await Promise.all(sources.map(async (source) => source.close()));
    }
  });
  return done ? whole : undefined;
}

function namesOf({ embeddings, labels, labelStrings }: PartsPlan['recipe']): EmbeddingFiles {
  return {
    embeddings: String(embeddings),
    labels: String(labels),
    ...(labelStrings !== undefined && { labelStrings: String(labelStrings) }),
  };
}

/** The rows of a part, person after person. */
class RowsOfPart {
  private constructor(
    readonly part: Part,
    private readonly file: Awaited<ReturnType<typeof open>>,
    private position: number,
  ) {}

  static async open(parts: PartsFolder, index: number): Promise<RowsOfPart> {
    const part = partSchema.parse(await parts.toldOf({ index }));
    const path = join(await parts.folderOf({ index }), rowsName);
    const file = await open(path, 'r');
    const start = Buffer.alloc(Math.min(1024, (await file.stat()).size));
    await readExactly(file, 0, start);
    return new RowsOfPart(part, file, parseNpyHeader(start, path).dataOffset);
  }

  /** Appends the rows of the next person. */
  async copy(rows: number, append: (part: Uint8Array) => Promise<void>): Promise<void> {
    const end = this.position + 8 * rows * this.part.dimension;
    while (this.position < end) {
      const some = Buffer.alloc(Math.min(copiedAtOnce, end - this.position));
      await readExactly(this.file, this.position, some);
      await append(some);
      this.position += some.length;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function plainName(name: string): string {
  if (basename(name) === name && !name.startsWith('.')) return withExtension(name);
  throw new UserError(
    `${name} is no name of a file in the output folder, where shards are merged.`,
    'Give a name alone, and --output_dir for its folder.',
  );
}

/** Names people and images, so that all parts are of the same list. */
function namesDigest({ people }: Dataset): string {
  const hash = createHash('sha256');
  for (const { name, images } of people) {
    hash.update(JSON.stringify([name, images.length]));
    for (const path of images) hash.update(`${basename(path)}\0`);
  }
  return hash.digest('hex').slice(0, 32);
}
