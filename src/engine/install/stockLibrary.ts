// The TensorFlow that the stock package downloads for itself.
import { existsSync, readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../protocol/errors';
import type { NativePackage } from '../nativePackage';

const alternatives =
  'Behind a proxy set HTTPS_PROXY; a mirror is named by TFJS_NODE_CDN_STORAGE; or build against a TensorFlow that you have: ' +
  'facenet engine install --python python3 (after pip install tensorflow), or --libtensorflow DIR.';

/** Where the install script of the stock package gets TensorFlow 2.9.1; undefined where it takes another one. */
export function stockLibraryUrl(
  name: NativePackage,
  machine: { platform?: string; arch?: string; environment?: NodeJS.ProcessEnv } = {},
): string | undefined {
  const { platform = process.platform, arch = process.arch, environment = process.env } = machine;
  const system = platform === 'linux' ? 'linux' : platform === 'win32' ? 'windows' : undefined;
  if (system === undefined || arch !== 'x64') return undefined;
  const host = environment.TFJS_NODE_CDN_STORAGE ?? environment.CDN_STORAGE ?? 'https://storage.googleapis.com/';
  const base = environment.TFJS_NODE_BASE_URI ?? `${host}tensorflow/libtensorflow/libtensorflow-`;
  const kind = name === 'tfjs-node-gpu' ? 'gpu' : 'cpu';
  return `${base}${kind}-${system}-x86_64-2.9.1.${platform === 'win32' ? 'zip' : 'tar.gz'}`;
}

/**
 * Asks for the head of the stock TensorFlow. Its own script has no time limit and takes an error page for the archive.
 * A proxy is left to that script.
 * @throws UserError when it cannot be downloaded here.
 */
export async function checkStockDownload(name: NativePackage, signal?: AbortSignal, timeout = 20_000): Promise<void> {
  const url = stockLibraryUrl(name);
  const proxy = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((key) => process.env[key]);
  if (url === undefined || proxy) return;
  const limit = AbortSignal.timeout(timeout);
  let reason: string;
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.any(signal ? [limit, signal] : [limit]) });
    if (response.ok) return;
    reason = `the server answers ${response.status}`;
  } catch (error) {
    signal?.throwIfAborted();
    const cause = (error as Error).cause;
    reason = limit.aborted ? 'no answer' : cause instanceof Error ? cause.message : (error as Error).message;
  }
  throw new UserError(`TensorFlow 2.9.1 cannot be downloaded from ${new URL(url).host}: ${reason}.`, alternatives);
}

/** The failed download as one sentence, from what the install script printed. */
export function stockFailure(lines: readonly string[]): UserError {
  const telling = [
    /getaddrinfo|ECONNREFUSED|ECONNRESET|ETIMEDOUT|certificate|tunneling/,
    /zlib|TAR_|Unsupported system/,
    /error/i,
  ];
  const line = telling
    .map((pattern) => lines.find((candidate) => pattern.test(candidate)))
    .find((candidate) => candidate !== undefined);
  const reason = (line ?? lines.at(-1) ?? 'it ended without a word').trim().slice(0, 200);
  return new UserError(`The stock TensorFlow could not be installed: ${reason.replace(/\.$/, '')}.`, alternatives);
}

/** The folder lib/napi-v… that holds the addon. */
export function addonFolder(packageFolder: string): string | undefined {
  const lib = join(packageFolder, 'lib');
  const versions = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith('napi-v')) : [];
  return versions.map((name) => join(lib, name)).find((folder) => existsSync(join(folder, 'tfjs_binding.node')));
}

/**
 * Windows looks for tensorflow.dll beside the addon (lib/napi-v8); the install script puts it into the folder of the
 * running Node's N-API version, which is another one since Node 20.
 */
export async function placeWindowsLibrary(packageFolder: string): Promise<void> {
  const folder = addonFolder(packageFolder);
  const library = join(packageFolder, 'deps', 'lib', 'tensorflow.dll');
  if (folder === undefined || existsSync(join(folder, 'tensorflow.dll')) || !existsSync(library)) return;
  await copyFile(library, join(folder, 'tensorflow.dll'));
}
