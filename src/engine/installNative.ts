import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { lstat, mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StoppedError, UserError } from '../protocol/errors';
import { userEngineFolder, type NativeCandidate, type NativePackage } from './nativePackage';
import { probeNative, type ProbeResult } from './probeNative';

/** The release of tfjs-node(-gpu) that goes with the tfjs inside the workbench. */
export const nativeVersion = '4.22.0';

export interface InstallOptions {
  name: NativePackage;
  /**
   * Folder of a TensorFlow installed by pip (site-packages/tensorflow), or of the virtual environment around it: the addon
   * is compiled against that one. Absent: the stock package with its own download (TensorFlow 2.9.1, CUDA 11.2).
   */
  tensorflow?: string;
  /** Where to install. Default: the user's engine folder. */
  into?: string;
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

/** The `tensorflow` folder with its libraries, from itself or a virtual environment. */
export function findTensorflowFolder(given: string): string {
  const library = join(given, 'lib');
  const pythons = existsSync(library) ? readdirSync(library).filter((name) => name.startsWith('python')) : [];
  const places = [given, ...pythons.map((python) => join(library, python, 'site-packages', 'tensorflow'))];
  const found = places.find(
    (place) => existsSync(join(place, 'libtensorflow_cc.so.2')) && existsSync(join(place, 'include')),
  );
  if (found === undefined) {
    throw new UserError(
      `${given} holds no TensorFlow (libtensorflow_cc.so.2 and include).`,
      'Give the folder that python -c "import tensorflow as t; print(t.sysconfig.get_lib())" prints.',
    );
  }
  return found;
}

function npm(args: readonly string[], { signal, onLine }: InstallOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {
      shell: process.platform === 'win32',
      windowsHide: true,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let last = '';
    const report = (data: Buffer): void => {
      for (const line of data
        .toString()
        .split('\n')
        .filter((text) => text.trim() !== '')) {
        if (/error/i.test(line)) last = line.trim();
        onLine?.(line);
      }
    };
    child.stdout.on('data', report);
    child.stderr.on('data', report);
    child.on('error', (error) => {
      if (signal?.aborted === true) reject(new StoppedError('Stopped; the engine is not installed.'));
      else
        reject(
          new UserError(`npm cannot be started: ${error.message}`, 'Install Node.js with npm and put it on the PATH.'),
        );
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new UserError(`npm ${args[0]} failed (${code}): ${last}`, 'See the lines above.'));
    });
  });
}

/** Makes `path` a link to `target`, replacing a link but nothing else. */
async function link(target: string, path: string): Promise<void> {
  const present = await lstat(path).catch(() => undefined);
  if (present?.isSymbolicLink() === true) await unlink(path);
  await symlink(target, path);
}

/** Puts links to a pip TensorFlow where the addon's build looks for the library. */
async function linkTensorflow(packageFolder: string, tensorflow: string): Promise<void> {
  const libraries = join(packageFolder, 'deps', 'lib');
  await mkdir(libraries, { recursive: true });
  await link(join(tensorflow, 'include'), join(packageFolder, 'deps', 'include'));
  const combined = join(tensorflow, 'libtensorflow_cc.so.2');
  const framework = join(tensorflow, 'libtensorflow_framework.so.2');
  await link(combined, join(libraries, 'libtensorflow.so'));
  await link(combined, join(libraries, 'libtensorflow_cc.so.2'));
  await link(framework, join(libraries, 'libtensorflow_framework.so'));
  await link(framework, join(libraries, 'libtensorflow_framework.so.2'));
}

/**
 * Installs TensorFlow for training with npm and tries whether it loads.
 * @throws UserError when npm, the compiler or the given TensorFlow is missing or fails; StoppedError when aborted.
 */
export async function installNative(
  options: InstallOptions,
): Promise<{ candidate: NativeCandidate; result: ProbeResult }> {
  // Links and probes are made from other folders than the caller's.
  const into = resolve(options.into ?? userEngineFolder());
  const tensorflow = options.tensorflow === undefined ? undefined : findTensorflowFolder(resolve(options.tensorflow));
  if (tensorflow !== undefined && process.platform !== 'linux') {
    throw new UserError('Building against the TensorFlow of Python works on Linux only.', 'Leave out --tensorflow.');
  }
  await mkdir(into, { recursive: true });
  const manifest = join(into, 'package.json');
  if (!existsSync(manifest)) await writeFile(manifest, '{ "private": true }\n');
  const quiet = ['--no-audit', '--no-fund', '--prefix', into];
  const scripts = tensorflow === undefined ? [] : ['--ignore-scripts'];
  await npm(['install', ...quiet, ...scripts, `@tensorflow/${options.name}@${nativeVersion}`], options);
  const folder = join(into, 'node_modules', '@tensorflow', options.name);
  if (tensorflow !== undefined) {
    await linkTensorflow(folder, tensorflow);
    await npm(['run', 'build-addon-from-source', '--prefix', folder], options);
  }
  const candidate: NativeCandidate = { name: options.name, folder, source: into };
  return { candidate, result: await probeNative(candidate) };
}
