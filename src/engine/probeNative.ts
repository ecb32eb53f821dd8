import { spawn } from 'node:child_process';
import { wheelLibraries } from './cuda';
import { nativeEnvironment, preloadFlags, type NativeDescription } from './loadNative';
import type { NativeCandidate } from './nativePackage';

export type ProbeResult = { loads: true; description: NativeDescription } | { loads: false; reason: string };

const marker = 'facenet-probe:';

/**
 * Ends the probe when whoever asked is gone: on a thread of its own, because a library that hangs holds the main one.
 * Windows keeps telling the first parent's number; there the probe ends by itself.
 */
const watchParent = (parent: number): string =>
  `setInterval(() => process.ppid === ${parent} || process.kill(process.pid, 'SIGKILL'), 500);`;

/**
 * What `loadNative` does, then 2·3, and says what it found. Text, not functions: a bundler renames what they refer to.
 */
function probeSource(folder: string, libraries: readonly string[]): string {
  return `
    const { Worker } = require('worker_threads');
    new Worker(${JSON.stringify(watchParent(process.pid))}, { eval: true }).unref();
    for (const library of ${JSON.stringify(libraries)}) {
      try { process.dlopen({ exports: {} }, library, ${preloadFlags ?? 0}); } catch {}
    }
    const util = require('util');
    util.isNullOrUndefined ??= (value) => value === null || value === undefined;
    util.isArray ??= Array.isArray;
    const tf = require(${JSON.stringify(folder)});
    const product = tf.matMul([[2]], [[3]]).dataSync()[0];
    if (product !== 6) throw new Error('2 * 3 = ' + product);
    const backend = tf.backend();
    const description = { tensorflow: backend.binding.TF_Version, gpu: backend.isUsingGpuDevice };
    process.stdout.write('\\n${marker}' + JSON.stringify(description) + '\\n', () => process.exit(0));
  `;
}

/** The line of an error output that says why a library did not load. */
export function reasonOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const telling = [
    /error while loading shared libraries|cannot open shared object file|image not found|specified module could not be found/i,
    /GLIBC|GLIBCXX|invalid ELF|ERR_DLOPEN_FAILED|was compiled against a different Node/i,
    /^(?:\w*Error)\b.*:/,
  ];
  for (const pattern of telling) {
    const line = lines.find((candidate) => pattern.test(candidate));
    if (line !== undefined) return line.slice(0, 300);
  }
  return lines.findLast((line) => line !== '')?.slice(0, 300) ?? 'it ended without a word';
}

export interface ProbeOptions {
  /** Milliseconds after which it counts as hanging; the first start of CUDA takes long. */
  timeout?: number;
  /** Aborting ends the child at once. */
  signal?: AbortSignal;
}

/** Loads a candidate in a child process of its own, so that a crash is a message. Never throws. */
export function probeNative(
  candidate: NativeCandidate,
  { timeout = 120_000, signal: stop }: ProbeOptions = {},
): Promise<ProbeResult> {
  const libraries = preloadFlags === undefined ? [] : wheelLibraries(candidate);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', probeSource(candidate.folder, libraries)], {
      cwd: candidate.folder,
      // In the extension host the executable is Electron; this makes it behave as Node.
      env: { ...nativeEnvironment, ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      windowsHide: true,
    });
    const end = (): void => void child.kill('SIGKILL');
    if (stop?.aborted === true) end();
    stop?.addEventListener('abort', end);
    let output = '';
    let problems = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (problems += data.toString()));
    child.on('error', (error) => {
      resolve({ loads: false, reason: error.message });
    });
    child.on('close', (code, signal) => {
      stop?.removeEventListener('abort', end);
      const line = output.split('\n').find((candidateLine) => candidateLine.startsWith(marker));
      if (code === 0 && line !== undefined) {
        resolve({ loads: true, description: JSON.parse(line.slice(marker.length)) as NativeDescription });
      } else if (signal === 'SIGTERM') {
        resolve({ loads: false, reason: `it did not answer within ${timeout / 1000} seconds` });
      } else {
        const ending = signal === null ? '' : `it crashed (${signal}): `;
        resolve({ loads: false, reason: ending + reasonOf(problems + output) });
      }
    });
  });
}
