// One GET of a file that is not part of the workbench, with its failures told in one sentence.
import { StoppedError, UserError, describeError } from '../protocol/errors';
import { fetchFor, proxyFor, shownProxy } from './proxiedFetch';

export interface RequestOptions {
  signal?: AbortSignal;
  /** Replaced in tests. */
  fetch?: typeof globalThis.fetch;
}

/** The server's answer is a refusal; `status` is its HTTP status. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(
    readonly status: number,
    statusText: string,
  ) {
    super(`the server answered ${status} ${statusText}`.trim());
  }
}

/**
 * Asks for `url`, uncompressed, so that byte ranges mean bytes of the file.
 * @throws whatever fetch throws; the status of the answer is the caller's to judge.
 */
export async function request(
  url: string,
  options: RequestOptions = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const fetch = options.fetch ?? (await fetchFor(url));
  return fetch(url, {
    headers: { 'accept-encoding': 'identity', ...headers },
    signal: options.signal,
  });
}

/** The pieces of a body as they arrive; leaving the loop early ends the transfer. */
export async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    // What went wrong with the body is the loop's to throw, not this one's.
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}

/** What a failed request or a body that broke off means for the user; `byHand` says what to do instead. */
export function downloadFailure(
  what: string,
  url: string,
  error: unknown,
  byHand: string,
  signal?: AbortSignal,
): StoppedError | UserError {
  if (signal?.aborted === true) return new StoppedError();
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const proxy = proxyFor(url);
  const way = proxy === undefined ? url : `${url} through the proxy ${shownProxy(proxy)}`;
  return new UserError(`${what} cannot be downloaded from ${way}: ${describeError(cause)}.`, byHand, { cause: error });
}

/**
 * The whole of a small file.
 * @throws UserError when the network or the server fails, StoppedError on abort.
 */
export async function downloadBytes(
  what: string,
  url: string,
  byHand: string,
  options: RequestOptions = {},
): Promise<Uint8Array> {
  try {
    const response = await request(url, options);
    if (!response.ok) throw new RefusedError(response.status, response.statusText);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw downloadFailure(what, url, error, byHand, options.signal);
  }
}
