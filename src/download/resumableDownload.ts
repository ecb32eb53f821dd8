// A large file that arrives in a `.part` beside its place, and goes on where the last attempt ended.
import { open, readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { StoppedError, UserError, describeError } from '../protocol/errors';
import { writeFileAtomic } from '../files/atomicFile';
import { readHostPage } from './hostPage';
import { RefusedError, chunksOf, downloadFailure, request, type RequestOptions } from './request';

export interface ResumableOptions extends RequestOptions {
  /** Bytes on the disk, and in all where the server says so. */
  onProgress?: (done: number, total: number | undefined) => void;
  /** Called with one sentence when something is out of the ordinary. */
  onNotice?: (message: string) => void;
  /** Wait before the second attempt; the third waits twice as long. */
  retryMilliseconds?: number;
}

export interface WantedFile {
  /** How sentences begin that speak of it. */
  what: string;
  url: string;
  /** What to do where the download is impossible. */
  byHand: string;
}

/** What `.part.json` remembers, so that only bytes of the same file are joined. */
const partSchema = z.object({
  url: z.string(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  total: z.number().int().nonnegative().optional(),
});
type PartState = z.infer<typeof partSchema>;

/** Attempts in a row without a byte gained. */
const attempts = 3;
/** A page larger than this is no page of a file host. */
const pageBytes = 2 ** 20;
/** The warning page leads to the file; a second one in a row leads nowhere. */
const pagesInARow = 2;

const interrupted = 'the connection ended before the file did';
const stopped = 'Stopped; what is downloaded is kept, and the next download goes on from there.';

/**
 * Downloads `wanted` into `part`, going on from what is there where the server allows it, and again after a cut connection.
 * Resolves once `part` holds the whole file; giving it its name is the caller's.
 * @throws UserError where the server sends something else or nothing, StoppedError on abort; `part` is kept in both cases.
 */
export async function downloadResumable(
  wanted: WantedFile,
  part: string,
  options: ResumableOptions = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const before = await sizeOf(part);
    try {
      await transfer(wanted, part, options);
      return;
    } catch (error) {
      if (options.signal?.aborted === true) throw new StoppedError(stopped);
      if (error instanceof UserError) throw error;
      if ((await sizeOf(part)) > before) attempt = 1;
      const { url, what, byHand } = wanted;
      if (attempt >= attempts || !mayPass(error)) throw downloadFailure(what, url, error, byHand);
      options.onNotice?.(`${what}: ${reason(error)}; going on in a moment.`);
      await delay(attempt * (options.retryMilliseconds ?? 2000), undefined, { signal: options.signal }).catch(() => {
        throw new StoppedError(stopped);
      });
    }
  }
}

/** Removes an unfinished download and what is remembered about it. */
export async function discardPart(part: string): Promise<void> {
  for (const path of [part, stateFile(part)]) await rm(path, { force: true });
}

const stateFile = (part: string): string => `${part}.json`;
const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

/** fetch throws TypeErrors for what happens on the way; a full disk or a missing file is nothing to try again. */
function mayPass(error: unknown): boolean {
  if (error instanceof RefusedError) return error.status >= 500 || error.status === 408;
  return error instanceof TypeError;
}

function reason(error: unknown): string {
  return describeError(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

async function readState(part: string, url: string): Promise<PartState | undefined> {
  const text = await readFile(stateFile(part), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const state = partSchema.safeParse(JSON.parse(text)).data;
    return state?.url === url ? state : undefined;
  } catch {
    return undefined; // Half written or of another program: the download begins anew.
  }
}

async function transfer(wanted: WantedFile, part: string, options: ResumableOptions): Promise<void> {
  const state = await readState(part, wanted.url);
  const have = state === undefined ? 0 : await sizeOf(part);
  if (have > 0 && have === state?.total) return;
  const validator = state?.etag ?? state?.lastModified;
  const headers = {
    ...(have > 0 && { range: `bytes=${have}-` }),
    ...(have > 0 && validator !== undefined && { 'if-range': validator }),
  };
  const response = await fileResponse(wanted, options, headers);
  if (response.status === 416 && have > 0) return anew(response, wanted, part, options);
  if (!response.ok) {
    await response.body?.cancel();
    throw new RefusedError(response.status, response.statusText);
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const rangeTotal = range === null || range[2] === '*' ? undefined : Number(range[2]);
  const goesOn = response.status === 206;
  if (goesOn && (Number(range?.[1]) !== have || !sameTotal(rangeTotal, state?.total))) {
    if (have > 0) return anew(response, wanted, part, options);
    await response.body?.cancel();
    throw new Error('the server sent a part of the file that nobody asked for');
  }
  const length = response.headers.get('content-length');
  const total = goesOn ? (rangeTotal ?? state?.total) : length === null ? undefined : Number(length);
  if (!goesOn) await writeFileAtomic(stateFile(part), JSON.stringify(stateOf(wanted.url, response.headers, total)));
  await append(response, part, goesOn ? have : 0, total, options);
}

/** What is there is not the beginning of what the server has now. */
async function anew(response: Response, wanted: WantedFile, part: string, options: ResumableOptions): Promise<void> {
  await response.body?.cancel();
  await discardPart(part);
  options.onNotice?.(`${wanted.what}: the file has changed since the download began; it begins anew.`);
  return transfer(wanted, part, options);
}

const sameTotal = (a: number | undefined, b: number | undefined): boolean =>
  a === undefined || b === undefined || a === b;

function stateOf(url: string, headers: Headers, total: number | undefined): PartState {
  const etag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  return {
    url,
    // If-Range compares strongly: a weak tag never matches (RFC 9110 §13.1.5).
    ...(etag !== null && !etag.startsWith('W/') && { etag }),
    ...(lastModified !== null && { lastModified }),
    ...(total !== undefined && { total }),
  };
}

async function append(
  response: Response,
  part: string,
  from: number,
  total: number | undefined,
  { onProgress }: ResumableOptions,
): Promise<void> {
  const file = await open(part, from === 0 ? 'w' : 'a');
  let done = from;
  try {
    for await (const chunk of chunksOf(response)) {
      await file.write(chunk);
      done += chunk.byteLength;
      onProgress?.(done, total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (total !== undefined && done < total) throw new TypeError(interrupted);
}

/** The response that carries the file: pages that the host sends first are followed or told. */
async function fileResponse(
  wanted: WantedFile,
  options: ResumableOptions,
  headers: Record<string, string>,
): Promise<Response> {
  let url = wanted.url;
  for (let pages = 0; ; pages++) {
    const response = await request(url, options, headers);
    if (!/^(?:text\/html|application\/xhtml)/i.test(response.headers.get('content-type') ?? '')) return response;
    // An error page of any server says less than its status, except for the host's own.
    const page = readHostPage(await pageText(response), response.url === '' ? url : response.url);
    if (!response.ok && page.kind !== 'quota') throw new RefusedError(response.status, response.statusText);
    if (page.kind !== 'confirm' || pages === pagesInARow) throw pageError(wanted, page);
    options.onNotice?.('The host has not scanned so large a file for viruses and asks for a confirmation; given.');
    url = page.url;
  }
}

async function pageText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(response)) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= pageBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function pageError({ what, url, byHand }: WantedFile, page: ReturnType<typeof readHostPage>): UserError {
  switch (page.kind) {
    case 'quota':
      return new UserError(
        `${what} has been downloaded too often lately, so its host (${url}) refuses it for now.`,
        `Try again in a day. Or: ${byHand}`,
      );
    case 'signIn':
      return new UserError(`${url} asks for a login in place of ${what}.`, byHand);
    case 'confirm':
      return new UserError(`${url} asks for a confirmation again and again in place of ${what}.`, byHand);
    case 'other':
      return new UserError(
        `${url} sent a web page${page.title === '' ? '' : ` ("${page.title}")`} in place of ${what}.`,
        byHand,
      );
  }
}
