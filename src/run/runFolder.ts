// The run folder: the one source of truth about a job (plan §3).
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';
import type { RunEvent } from '../protocol/events';
import type { JobRequest } from '../protocol/job';
import type { ReportedEvent } from '../protocol/jobContext';
import { type RunRecord, runRecordSchema } from '../protocol/run';
import { writeFileAtomic } from '../files/atomicFile';
import { withPresentPaths } from '../files/movedFolder';
import { MetricsLog, readEvents } from './metricsLog';
import { moveOfRun } from './movedRun';

/** Where the runs of a workspace lie. */
export function runsDirectory(workspaceRoot: string): string {
  return join(workspaceRoot, '.facenet', 'runs');
}

/** A run's folder and its record. */
export class RunFolder {
  private writing: Promise<void> = Promise.resolve();
  /** The log, for who writes it. */
  readonly events: MetricsLog;

  constructor(
    readonly path: string,
    private current: RunRecord,
  ) {
    this.events = new MetricsLog(this.metrics);
  }

  /** What run.json says; replaced as a whole by `update`. */
  get record(): RunRecord {
    return this.current;
  }

  get recordFile(): string {
    return join(this.path, 'run.json');
  }
  get metrics(): string {
    return join(this.path, 'metrics.jsonl');
  }
  get log(): string {
    return join(this.path, 'worker.log');
  }
  /** Only made by who writes into it. */
  get checkpoints(): string {
    return join(this.path, 'checkpoints');
  }
  get evaluations(): string {
    return join(this.path, 'evaluations');
  }
  get cache(): string {
    return join(this.path, 'cache');
  }

  /** Merges fields into run.json; a field given as undefined is removed. Writes happen in the order of the calls. */
  async update(patch: Partial<RunRecord>): Promise<void> {
    const now = { updatedAt: new Date().toISOString(), folder: this.path };
    const record = runRecordSchema.parse({ ...this.current, ...patch, ...now });
    this.current = record;
    const written = this.writing.then(async () => writeRecord(this.recordFile, record));
    this.writing = written.catch(() => undefined);
    await written;
  }

  /** Appends an event to metrics.jsonl, with the time of now; returns what has been written. */
  append(event: ReportedEvent): RunEvent {
    return this.events.append(event);
  }

  async readEvents(): Promise<RunEvent[]> {
    return readEvents(this.metrics);
  }

  /** Reads run.json again, as another process may have written it. */
  async reload(): Promise<RunRecord> {
    this.current = await readRecord(this.path);
    return this.current;
  }
}

async function writeRecord(path: string, record: RunRecord): Promise<void> {
  await writeFileAtomic(path, JSON.stringify(record, undefined, 2) + '\n');
}

async function readRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, 'run.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw notARunFolder(folder, cause);
  }
  return parseRecord(path, text);
}

/** The sentence for a folder whose run.json cannot be read. */
export function notARunFolder(folder: string, cause: unknown): UserError {
  const message = `${folder} is not a run folder: it has no readable run.json.`;
  return new UserError(message, 'Choose a folder of .facenet/runs.', { cause });
}

/**
 * The record that the text of the run.json at `path` holds. Of a run that was moved, alone or with its workspace, its paths
 * are those of now.
 * @throws UserError for any other text
 */
export function parseRecord(path: string, text: string): RunRecord {
  try {
    const json: unknown = JSON.parse(text);
    const move = moveOfRun(dirname(resolve(path)), json);
    return runRecordSchema.parse(move === undefined ? json : withPresentPaths(json, move));
  } catch (cause) {
    throw new UserError(
      `${path} is damaged or was written by a newer version: ${jsonFault(cause)}.`,
      'Open it with the version that wrote it, or start a new run.',
      { cause },
    );
  }
}

/** Letters and digits of a title, as the last part of a folder's name. */
function slugOf(title: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32)
    .replace(/-+$/, '');
  return slug === '' ? 'run' : slug;
}

/** Local time as the reference names its folders: yyyymmdd-hhmmss. */
export function timeStamp(date: Date): string {
  const part = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${part(date.getMonth() + 1)}${part(date.getDate())}`;
  return `${day}-${part(date.getHours())}${part(date.getMinutes())}${part(date.getSeconds())}`;
}

/** Makes `<runsDir>/<yyyymmdd-hhmmss>-<slug>` with its run.json, in state `starting`. Two at the same second differ. */
export async function createRunFolder(runsDir: string, request: JobRequest, title: string): Promise<RunFolder> {
  await mkdir(runsDir, { recursive: true });
  const now = new Date();
  const name = `${timeStamp(now)}-${slugOf(title)}`;
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? name : `${name}-${attempt}`;
    const path = resolve(runsDir, id);
    try {
      await mkdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    const createdAt = now.toISOString();
    const times = { createdAt, updatedAt: createdAt };
    const record: RunRecord = { version: 1, id, title, state: 'starting', ...times, folder: path, request };
    const folder = new RunFolder(path, runRecordSchema.parse(record));
    await writeRecord(folder.recordFile, folder.record);
    return folder;
  }
}

/**
 * Opens an existing run folder.
 *
 * @throws UserError when it has no run.json or one that cannot be understood.
 */
export async function openRunFolder(path: string): Promise<RunFolder> {
  const folder = resolve(path);
  return new RunFolder(folder, await readRecord(folder));
}
