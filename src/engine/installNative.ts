import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StoppedError, UserError } from '../protocol/errors';
import { nativeAction } from './doctor';
import { checkDisk, checkPrograms, headersOfNode } from './install/prerequisites';
import { runProgram, type ProgramEnd } from './install/runProgram';
import { checkReplaceable, commitStaging, discardStaging, openStaging } from './install/stagedFolder';
import { addonFolder, checkStockDownload, placeWindowsLibrary, stockFailure } from './install/stockLibrary';
import {
  checkSource,
  libTensorFlow,
  linkSource,
  pipTensorFlow,
  tensorFlowOfPython,
  type TensorFlowSource,
} from './install/tensorflowSource';
import type { NativeDescription } from './loadNative';
import { userEngineFolder, type NativeCandidate, type NativePackage } from './nativePackage';
import { probeNative } from './probeNative';

/** The release of tfjs-node(-gpu) that goes with the tfjs inside the workbench. */
const nativeVersion = '4.22.0';

/** Bytes on disk: packages and addon; with the stock TensorFlow for a GPU, packed and unpacked. */
const neededSpace = { build: 600 * 2 ** 20, stock: 2.5 * 2 ** 30 };

/** At most one of `tensorflow`, `python`, `libtensorflow`; none: the stock package with its own download. */
export interface InstallOptions {
  name: NativePackage;
  /** A TensorFlow installed by pip (site-packages/tensorflow), or the virtual environment around it. */
  tensorflow?: string;
  /** A Python (program) that has TensorFlow. */
  python?: string;
  /** An unpacked libtensorflow, a folder with include/ and lib/. */
  libtensorflow?: string;
  /** Where to install. Default: the user's engine folder. */
  into?: string;
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

async function findSource(options: InstallOptions): Promise<TensorFlowSource | undefined> {
  const { tensorflow, python, libtensorflow, signal } = options;
  const named = Object.entries({ tensorflow, python, libtensorflow }).filter(([, value]) => value !== undefined);
  if (named.length > 1) {
    const flags = named.map(([name]) => `--${name}`).join(' and ');
    throw new UserError(`${flags} each name a TensorFlow.`, 'Give one of them.');
  }
  if (named.length === 0) return undefined;
  if (process.platform !== 'linux' && (libtensorflow === undefined || process.platform !== 'darwin')) {
    throw new UserError(
      `The addon cannot be built against that TensorFlow on ${process.platform}.`,
      `Leave out --${named[0]![0]}: the stock package brings its own TensorFlow.`,
    );
  }
  if (libtensorflow !== undefined) return libTensorFlow(libtensorflow);
  return tensorflow !== undefined ? pipTensorFlow(tensorflow) : tensorFlowOfPython(python!, signal);
}

/** npm's failure as one sentence. */
function npmFailure(what: string, { code, lines }: ProgramEnd): UserError {
  const line =
    lines.find((text) => /E[A-Z]{4,}|getaddrinfo|self.signed|certificate/.test(text)) ??
    lines.find((text) => /\berror\b/i.test(text)) ??
    lines.at(-1);
  const network = /getaddrinfo|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|certificate/.test(lines.join('\n'));
  return new UserError(
    `${what} failed (${code}): ${(line ?? 'npm says nothing').trim().slice(0, 200)}.`,
    network ? "npm's registry cannot be reached: see npm config get registry, proxy." : 'The lines above say more.',
  );
}

async function npm(args: readonly string[], what: string, options: InstallOptions): Promise<void> {
  const end = await runProgram('npm', args, options);
  if (end.code !== 0) throw npmFailure(what, end);
}

/** Compiles the addon of the package in `folder` against `source`. */
async function build(folder: string, source: TensorFlowSource, options: InstallOptions): Promise<void> {
  options.onLine?.(`Building the addon against the TensorFlow in ${source.folder} (a minute or two).`);
  await linkSource(folder, source);
  const headers = headersOfNode();
  const env = headers === undefined ? {} : { npm_config_nodedir: headers };
  const end = await runProgram('npm', ['run', 'build-addon-from-source', '--prefix', folder], { ...options, env });
  if (end.code === 0) return;
  const error = end.lines.find((line) => /\berror:|gyp ERR! (?!cwd|System|node|not ok)/.test(line)) ?? end.lines.at(-1);
  throw new UserError(
    `TensorFlow's addon could not be compiled: ${(error ?? '').trim().slice(0, 200)}.`,
    'The lines above say more; a compiler for C++17 (g++ 9 or newer) is needed.',
  );
}

/** Runs the package's own script, which downloads TensorFlow; npm may have been told not to run scripts. */
async function downloadStock(folder: string, options: InstallOptions): Promise<void> {
  options.onLine?.('Downloading TensorFlow 2.9.1 with the script of the package (several hundred MB).');
  const end = await runProgram('npm', ['run', 'install', '--prefix', folder], options);
  const library = ['libtensorflow.so.2.9.1', 'libtensorflow.2.dylib', 'tensorflow.dll', 'libtensorflow.dylib'];
  const complete = library.some((name) => existsSync(join(folder, 'deps', 'lib', name)));
  if (end.code !== 0 || !complete || addonFolder(folder) === undefined) throw stockFailure(end.lines);
  if (process.platform === 'win32') await placeWindowsLibrary(folder);
}

/**
 * Installs TensorFlow for training with npm, in a folder of the user's. It is built beside the engine that is there and
 * takes its place only when it loads, so that a failed or interrupted installation leaves things as they were.
 * @throws UserError when something is missing or fails; StoppedError when aborted.
 */
export async function installNative(
  options: InstallOptions,
): Promise<{ candidate: NativeCandidate; description: NativeDescription }> {
  const { name, signal, onLine } = options;
  const into = resolve(options.into ?? userEngineFolder());
  checkReplaceable(into);
  const source = await findSource(options);
  checkPrograms(source !== undefined);
  if (source === undefined) await checkStockDownload(name, signal);
  else await checkSource(source, signal);
  await checkDisk(into, source === undefined ? neededSpace.stock : neededSpace.build);

  const staging = await openStaging(into);
  try {
    await writeFile(join(staging, 'package.json'), '{ "private": true }\n');
    onLine?.(`Installing @tensorflow/${name} ${nativeVersion} with npm.`);
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefix', staging];
    await npm(['install', ...quiet, `@tensorflow/${name}@${nativeVersion}`], 'npm install', options);
    const packageIn = (root: string): string => join(root, 'node_modules', '@tensorflow', name);
    if (source === undefined) await downloadStock(packageIn(staging), options);
    else await build(packageIn(staging), source, options);
    onLine?.('Trying whether it loads.');
    const staged: NativeCandidate = { name, folder: packageIn(staging), source: into };
    const result = await probeNative(staged);
    if (signal?.aborted === true) throw new StoppedError();
    if (!result.loads) {
      throw new UserError(
        `@tensorflow/${name} is built but does not load, so it is not installed: ${result.reason}.`,
        nativeAction(result.reason),
      );
    }
    await commitStaging(into);
    return { candidate: { ...staged, folder: packageIn(into) }, description: result.description };
  } catch (error) {
    await discardStaging(into);
    if (error instanceof StoppedError || signal?.aborted === true) {
      throw new StoppedError('Stopped; nothing is installed, and what was there is as it was.');
    }
    throw error;
  }
}
