import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, extname, join, relative, resolve } from 'node:path';
import { imageCount, scanDataset, type Dataset } from '../dataset/scan';
import { workbenchVersion } from '../engine/installation';
import { StoppedError, UserError, throwIfStopped } from '../protocol/errors';
import type { AlignmentEntry, BoxCorners } from '../protocol/alignmentLog';
import type { AlignRequest } from '../protocol/job';
import type { JobContext } from '../protocol/jobContext';
import { isOfShard } from '../shard/peopleOfShard';
import { PartsFolder } from '../shard/partsFolder';
import type { Shard } from '../shard/shard';
import { FolderBook, type AlignmentBook } from './alignmentBook';
import { type Chip, chipOf } from '../protocol/chip';
import { readAlignmentRecord, requireSameRecipe, writeAlignmentRecord, type AlignmentRecord } from './alignmentRecord';
import { locateDetector, type ChosenDetector } from './createDetector';
import { targetOfFace } from './cropFiles';
import { doubtsOf } from './doubts';
import { boundingBoxLine, ClassFolders, createOutputFolder, slashed, writeRevisionInfo } from './outputTree';
import type { AlignTask, ImageOutcome } from './pool/messages';
import { AlignPool } from './pool/workerPool';
import { ProgressMeter } from './progressMeter';
import { ShardJournal } from './shardJournal';

export interface AlignSummary {
  /** Photographs of the data set, or of its shard. */
  images: number;
  /** Faces cut out by this run; with several faces per photograph it can exceed `images`. */
  faces: number;
  /** Photographs whose faces a former run had cut out, and those that a former attempt at the shard had come to. */
  present: number;
  noFace: number;
  unreadable: number;
  /** Photographs left out because another of the same person gives a file of the same name. */
  sameName: number;
  detector: 'mtcnn' | 'starter';
  imagesPerSecond?: number;
}

export interface AlignOptions {
  /** Called for every photograph in the order of the data set, once it is done. */
  onImage?: (source: string, outcome: ImageOutcome) => void;
  /** Only the people of this part; what becomes of the parts is `mergeAlignment`'s. */
  shard?: Shard | undefined;
  /** Line of arguments for revision_info.txt. */
  argumentsLine?: string;
  /** Script of the worker threads; another one in tests. */
  workerFile?: string;
}

/**
 * Cuts the faces out of every photograph of a data set: the reference's output tree (spec §2.2) and alignment.json.
 * A photograph that cannot be read or shows no face is a warning and never ends the run. A second run continues where
 * the first one stopped; several processes may share an output folder.
 * @throws UserError when the folders, the detector or the disk do not allow it, StoppedError on abort.
 */
export async function alignDataset(
  request: AlignRequest,
  context: JobContext,
  options: AlignOptions = {},
): Promise<AlignSummary> {
  const { shard } = options;
  const isOurs = shard && ((person: string) => isOfShard(person, shard));
  const dataset = await scanDataset(request.inputDir, context.signal, isOurs);
  await createOutputFolder(request.inputDir, request.outputDir);
  const { detector, chip } = await decideRecipe(request, context);
  const parts = await openParts(request, detector, chip, shard);
  await writeRevisionInfo(request.outputDir, options.argumentsLine ?? '', workbenchVersion());
  throwIfStopped(context.signal);

  const settings = {
    alignment: request.alignment,
    chip,
    imageSize: request.imageSize,
    margin: request.margin,
    detectMultipleFaces: request.detectMultipleFaces,
    upright: request.upright,
  };
  const workers = Math.max(
    1,
    Math.min(request.jobs === 0 ? availableParallelism() : request.jobs, imageCount(dataset)),
  );
  const stopped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const setup = { detector: detector.source, settings, stopped };
  const pool = await AlignPool.open(setup, workers, options.workerFile);
  const tellThreads = (): void => void Atomics.store(stopped, 0, 1);
  context.signal.addEventListener('abort', tellThreads);
  try {
    const journal = shard && parts && (await ShardJournal.open(await parts.folderOf(shard)));
    const summary = await new AlignRun(request, context, options, dataset, detector.source.name, pool, journal).run();
    if (shard !== undefined) await parts!.finish(shard, summary);
    return summary;
  } finally {
    context.signal.removeEventListener('abort', tellThreads);
    await pool.close();
  }
}

/**
 * The parts that a shard is one of.
 * @throws UserError where the output folder holds parts of another number or recipe, or any while it is aligned as a whole
 */
async function openParts(
  request: AlignRequest,
  { source }: ChosenDetector,
  chip: Chip | undefined,
  shard: Shard | undefined,
): Promise<PartsFolder | undefined> {
  const { outputDir, alignment, imageSize, margin, detectMultipleFaces, upright, randomOrder } = request;
  if (shard === undefined) {
    const others = await PartsFolder.existing(outputDir);
    if (others === undefined) return undefined;
    throw new UserError(`${outputDir} is being aligned in ${others.plan.parts} shards.`, others.wayOut());
  }
  if (randomOrder)
    throw new UserError('--random_order and --shard are two ways to share the work.', 'Leave one of them out.');
  const recipe = {
    ...{ detector: source.name, alignment, imageSize, margin, detectMultipleFaces, upright },
    // Parts that were begun by an older version name none.
    ...(chip === 'mean-face' && { chip }),
  };
  return PartsFolder.open(outputDir, { version: 1, work: 'align', parts: shard.count, recipe });
}

/** Chooses the detector and the chip, and holds to what the output folder was begun with. */
async function decideRecipe(
  request: AlignRequest,
  context: JobContext,
): Promise<{ detector: ChosenDetector; chip: Chip | undefined }> {
  const onNotice = (message: string): void => context.report({ type: 'log', level: 'info', message });
  const existing = await readAlignmentRecord(request.outputDir);
  const choice = request.detector === 'auto' && existing !== undefined ? existing.detector : request.detector;
  const chosen = await locateDetector(choice, { signal: context.signal, onNotice });
  if (chosen.note !== undefined) context.report({ type: 'log', level: 'warning', message: chosen.note });
  const begun = existing === undefined ? undefined : chipOf(existing);
  const { alignment } = request;
  const chip = chipOf({ alignment, chip: request.chip ?? begun ?? 'mean-face' });
  const record: AlignmentRecord = {
    version: 1,
    detector: chosen.source.name,
    detectorNote: chosen.note,
    alignment,
    ...(chip !== undefined && { chip }),
    imageSize: request.imageSize,
    margin: request.margin,
    detectMultipleFaces: request.detectMultipleFaces,
    upright: request.upright,
    source: resolve(request.inputDir),
    createdAt: new Date().toISOString(),
  };
  if (existing === undefined) await writeAlignmentRecord(request.outputDir, record);
  else requireSameRecipe(request.outputDir, existing, record);
  return { detector: chosen, chip };
}

/** One pass over the data set: tasks go out as workers become free, results are booked in the order of the data set. */
class AlignRun {
  private readonly summary: AlignSummary;
  private readonly progress: ProgressMeter;
  private readonly finished = new Map<number, { task: AlignTask; outcome: ImageOutcome }>();
  private booking: Promise<void> = Promise.resolve();
  private nextToBook = 0;
  /** Photographs that a former attempt at the shard has booked. */
  private alreadyBooked = 0;
  /** Photographs were left out because the run was stopped. */
  private isCut = false;
  private failure: UserError | undefined;
  private book!: AlignmentBook;

  constructor(
    private readonly request: AlignRequest,
    private readonly context: JobContext,
    private readonly options: AlignOptions,
    private readonly dataset: Dataset,
    private readonly detector: 'mtcnn' | 'starter',
    private readonly pool: AlignPool,
    /** Of the shard, where it is one. */
    private readonly journal: ShardJournal | undefined,
  ) {
    const images = imageCount(dataset);
    this.summary = { images, faces: 0, present: 0, noFace: 0, unreadable: 0, sameName: 0, detector };
    this.progress = new ProgressMeter(images, (event) => context.report(event));
  }

  async run(): Promise<AlignSummary> {
    this.book = this.journal ?? (await FolderBook.open(this.request.outputDir));
    const running = new Set<Promise<void>>();
    try {
      for await (const task of this.tasks()) {
        await this.pool.ready();
        if (this.context.signal.aborted || this.failure !== undefined) break;
        await this.begin(task);
        const one = this.pool.run(task).then((outcome) => {
          running.delete(one);
          this.arrive(task, outcome);
        });
        running.add(one);
      }
    } finally {
      await Promise.all(running);
      await this.booking;
      await this.book.close();
    }
    if (this.failure !== undefined) throw this.failure;
    this.summary.imagesPerSecond = this.progress.perSecond;
    await this.context.update({ result: { ...this.summary } });
    const { images, sameName } = this.summary;
    const isWhole = !this.isCut && this.nextToBook === images - sameName - this.alreadyBooked;
    if (this.context.signal.aborted && !isWhole) {
      throw new StoppedError('Stopped by the user; the same command continues where it stopped.');
    }
    return this.summary;
  }

  private async *tasks(): AsyncGenerator<AlignTask> {
    const { request, dataset } = this;
    const folders = new ClassFolders();
    let id = 0;
    for (const person of inOrder(dataset.people, request.randomOrder)) {
      const folder = join(request.outputDir, person.name);
      const fresh = await folders.create(folder);
      const claimed = new Map<string, string>();
      for (const source of inOrder(person.images, request.randomOrder && fresh)) {
        const stem = basename(source, extname(source));
        const other = claimed.get(stem);
        if (other !== undefined) {
          this.leaveOut(source, other, stem);
          continue;
        }
        claimed.set(stem, source);
        const image = this.nameOf({ source });
        if (this.journal?.isBooked(image) === true) {
          this.summary.present++;
          this.progress.count(false);
          this.alreadyBooked++;
          continue;
        }
        const again = this.journal?.wasBegun(image) === true;
        yield { id: id++, source, targetStem: join(folder, stem), ...(again && { again }) };
      }
    }
  }

  /** Before it is looked at, a shard writes down whose crop will be its own. */
  private async begin(task: AlignTask): Promise<void> {
    if (this.journal === undefined) return;
    const isThere = task.again === true || existsSync(targetOfFace(task.targetStem, 0, this.request));
    if (!isThere) await this.journal.begin(this.nameOf(task));
  }

  private leaveOut(source: string, other: string, stem: string): void {
    this.summary.sameName++;
    this.progress.count(false);
    this.warn(`${source} is left out: ${basename(other)} already gives ${stem}.png. Rename one of them.`);
  }

  private arrive(task: AlignTask, outcome: ImageOutcome): void {
    this.finished.set(task.id, { task, outcome });
    if (outcome.kind === 'skipped') this.isCut = true;
    else this.progress.count(outcome.kind !== 'present');
    if (outcome.kind === 'unwritable') {
      const cause = Object.assign(new Error(outcome.message), { code: outcome.code });
      this.failure ??= new UserError(outcome.message, outcome.action, { cause });
    }
    for (let entry = this.finished.get(this.nextToBook); entry !== undefined;) {
      const { task: booked, outcome: result } = entry;
      this.finished.delete(this.nextToBook++);
      this.booking = this.booking
        .then(() => this.enter(booked, result))
        .catch((error: unknown) => {
          this.failure ??= error instanceof UserError ? error : new UserError(String(error));
        });
      entry = this.finished.get(this.nextToBook);
    }
  }

  /** Counts a result, tells it, and writes down what became of it. */
  private async enter(task: AlignTask, outcome: ImageOutcome): Promise<void> {
    if (outcome.kind === 'skipped') {
      this.journal?.cut();
      return;
    }
    this.options.onImage?.(task.source, outcome);
    switch (outcome.kind) {
      case 'aligned': {
        this.summary.faces += outcome.faces.length;
        const boxes = outcome.faces.map(({ path, rectangle }) => boundingBoxLine(path, rectangle));
        await this.book.append({ boxes, entry: this.alignedEntry(task, outcome) });
        return;
      }
      case 'present':
        this.summary.present++;
        return;
      case 'noFace': {
        this.summary.noFace++;
        this.warn(`Unable to align "${task.source}": no face found.`);
        const entry = { outcome: 'noFace', image: this.nameOf(task), size: outcome.size } as const;
        await this.book.append({ boxes: [boundingBoxLine(`${task.targetStem}.png`)], entry });
        return;
      }
      case 'unreadable': {
        this.summary.unreadable++;
        this.warn(outcome.message.includes(task.source) ? outcome.message : `${task.source}: ${outcome.message}`);
        const entry = { outcome: 'unreadable', image: this.nameOf(task), message: outcome.message } as const;
        await this.book.append({ boxes: [], entry });
        return;
      }
      case 'unwritable':
        this.journal?.cut();
        return;
    }
  }

  private nameOf({ source }: Pick<AlignTask, 'source'>): string {
    return slashed(relative(this.dataset.root, source));
  }

  private alignedEntry(task: AlignTask, { faces, found, size }: ImageOutcome & { kind: 'aligned' }): AlignmentEntry {
    const { imageSize, outputDir } = this.request;
    const counts = { found, taken: faces.length, imageSize };
    const doubts = new Set(faces.flatMap(({ face }) => doubtsOf(face, counts, this.detector)));
    return {
      outcome: 'aligned',
      image: this.nameOf(task),
      size,
      faces: faces.map(({ path, face }) => ({
        file: slashed(relative(outputDir, path)),
        box: [face.x1, face.y1, face.x2, face.y2].map((pixel) => Number(pixel.toFixed(1))) as BoxCorners,
        score: Math.min(1, Math.max(0, Number(face.score.toFixed(4)))),
      })),
      ...(doubts.size > 0 && { doubts: [...doubts] }),
    };
  }

  private warn(message: string): void {
    this.context.report({ type: 'log', level: 'warning', message });
  }
}

/** The list itself, or a shuffled copy (Fisher and Yates). */
function inOrder<T>(list: Iterable<T>, random: boolean): Iterable<T> {
  if (!random) return list;
  const shuffled = [...list];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}
