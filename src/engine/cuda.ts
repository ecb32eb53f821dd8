// CUDA and cuDNN: which a TensorFlow was built for, and where they are.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { NativeCandidate } from './nativePackage';

/** What a TensorFlow was built for. */
export type WantedCuda =
  | { kind: 'cuda'; /** e.g. `12.5.1` */ cuda: string; /** e.g. `9` */ cudnn: string }
  /** Built without CUDA: it never uses a GPU. */
  | { kind: 'none' }
  /** A library that does not say. */
  | { kind: 'unknown' };

/** Reads tensorflow/python/platform/build_info.py of a pip package. */
export function parseBuildInfo(source: string): WantedCuda {
  const value = (key: string): string | undefined => new RegExp(`'${key}',\\s*'?([\\w.]+)'?`).exec(source)?.[1];
  const cuda = value('cuda_version');
  if (value('is_cuda_build') === 'True' && cuda !== undefined) {
    return { kind: 'cuda', cuda, cudnn: value('cudnn_version') ?? '' };
  }
  return value('is_cuda_build') === 'False' ? { kind: 'none' } : { kind: 'unknown' };
}

/** The folder of the library that a package's addon is linked to, links followed. */
function libraryFolder({ folder }: NativeCandidate): string | undefined {
  const library = join(folder, 'deps', 'lib', 'libtensorflow.so');
  return existsSync(library) ? dirname(realpathSync(library)) : undefined;
}

/** Which CUDA and cuDNN the TensorFlow of a package wants. */
export function wantedCuda(candidate: NativeCandidate): WantedCuda {
  const folder = libraryFolder(candidate);
  const buildInfo = folder === undefined ? '' : join(folder, 'python', 'platform', 'build_info.py');
  if (existsSync(buildInfo)) return parseBuildInfo(readFileSync(buildInfo, 'utf8'));
  // Linked elsewhere: a libtensorflow of the user's. Else the stock TensorFlow 2.9.1.
  if (folder !== undefined && folder !== join(realpathSync(candidate.folder), 'deps', 'lib'))
    return { kind: 'unknown' };
  if (candidate.name === 'tfjs-node' || process.platform === 'darwin') return { kind: 'none' };
  return { kind: 'cuda', cuda: '11.2', cudnn: '8.1' };
}

const cudaLibrary = /^lib(cudart|cublas|cublasLt|cudnn|cufft|curand|cusolver|cusparse|cupti|nccl|nvJitLink)\.so\.\d+/;

/** Libraries of CUDA and cuDNN in these folders, as paths. */
function librariesIn(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => cudaLibrary.test(name))
          .sort()
          .map((name) => join(folder, name))
      : [],
  );
}

/** The libraries in NVIDIA's pip packages (site-packages/nvidia) beside the TensorFlow of a Python. */
export function wheelLibraries(candidate: NativeCandidate): string[] {
  const folder = libraryFolder(candidate);
  const nvidia = folder === undefined ? '' : join(dirname(folder), 'nvidia');
  if (!existsSync(nvidia)) return [];
  return librariesIn(readdirSync(nvidia).map((name) => join(nvidia, name, 'lib')));
}

/** The libraries in the folders of LD_LIBRARY_PATH. */
export function environmentLibraries(environment: NodeJS.ProcessEnv = process.env): string[] {
  return librariesIn((environment.LD_LIBRARY_PATH ?? '').split(delimiter).filter((folder) => folder !== ''));
}

/** Which of the wanted libraries (as `libcudnn.so.9`) is in none of `found` (names or paths). */
export function missingCuda(wanted: { cuda: string; cudnn: string }, found: readonly string[]): string[] {
  const major = (version: string): string => version.split('.')[0]!;
  const names = ['cudart', 'cublas'].map((name) => `lib${name}.so.${major(wanted.cuda)}`);
  if (wanted.cudnn !== '') names.push(`libcudnn.so.${major(wanted.cudnn)}`);
  const has = (name: string): boolean =>
    found.some((path) => {
      const file = path.slice(path.lastIndexOf('/') + 1);
      return file === name || file.startsWith(`${name}.`);
    });
  return names.filter((name) => !has(name));
}
