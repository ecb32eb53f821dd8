// The TensorFlow that the addon is built against: of a Python, or a libtensorflow of the user's.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../protocol/errors';
import { missingSymbols } from './neededSymbols';
import { runProgram } from './runProgram';

/** A TensorFlow with what the addon's build needs. */
export interface TensorFlowSource {
  /** Where it is, for the user. */
  folder: string;
  include: string;
  /** By the name that the linker looks for, e.g. `libtensorflow.so` → `…/libtensorflow_cc.so.2`. */
  libraries: Readonly<Record<string, string>>;
  /** Folder of NVIDIA's pip packages; it need not exist yet. */
  nvidia?: string;
}

/** Below `include`: what the addon's sources include. */
const headers = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/c/eager/c_api.h',
];

/** The `tensorflow` folder with its libraries, from itself or a virtual environment. @throws UserError when there is none. */
export function findTensorflowFolder(given: string): string {
  const pythons = ['lib', 'lib64'].flatMap((name) => {
    const library = join(given, name);
    return existsSync(library)
      ? readdirSync(library)
          .filter((entry) => entry.startsWith('python'))
          .map((entry) => join(library, entry, 'site-packages', 'tensorflow'))
      : [];
  });
  const found = [given, ...pythons].find(
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

/** TensorFlow as pip installs it: its folder, or that of the virtual environment around it. */
export function pipTensorFlow(given: string): TensorFlowSource {
  const folder = findTensorflowFolder(resolve(given));
  const combined = join(folder, 'libtensorflow_cc.so.2');
  const framework = join(folder, 'libtensorflow_framework.so.2');
  return {
    folder,
    include: join(folder, 'include'),
    libraries: {
      'libtensorflow.so': combined,
      'libtensorflow_cc.so.2': combined,
      'libtensorflow_framework.so': framework,
      'libtensorflow_framework.so.2': framework,
    },
    nvidia: join(dirname(folder), 'nvidia'),
  };
}

/** The TensorFlow that a Python would import. @throws UserError when it has none. */
export async function tensorFlowOfPython(python: string, signal?: AbortSignal): Promise<TensorFlowSource> {
  // It is only located: importing it takes seconds.
  const program =
    'import importlib.util as u; s = u.find_spec("tensorflow"); print(list(s.submodule_search_locations)[0] if s else "")';
  const { code, lines } = await runProgram(python, ['-c', program], { signal });
  // Among what a start-up file of that Python may print.
  const folder = code === 0 ? lines.find((line) => existsSync(line)) : undefined;
  if (folder === undefined) {
    throw new UserError(
      `The Python ${python} has no TensorFlow${code === 0 ? '' : ` (${lines.at(-1) ?? `exit ${code}`})`}.`,
      `Install it with ${python} -m pip install tensorflow (with a GPU: "tensorflow[and-cuda]").`,
    );
  }
  return pipTensorFlow(folder);
}

/** An unpacked libtensorflow: a folder with include/ and lib/. @throws UserError when it is none. */
export function libTensorFlow(given: string): TensorFlowSource {
  const folder = resolve(given);
  const lib = join(folder, 'lib');
  const extension = process.platform === 'darwin' ? 'dylib' : 'so';
  const names = existsSync(lib) ? readdirSync(lib).filter((name) => /^libtensorflow(_framework)?\./.test(name)) : [];
  // The name that a linker looks for may be missing where links were lost in unpacking.
  const named = (stem: string): string | undefined =>
    names.find((name) => name === `${stem}.${extension}`) ?? names.find((name) => name.startsWith(`${stem}.`));
  const [combined, framework] = [named('libtensorflow'), named('libtensorflow_framework')];
  if (combined === undefined || framework === undefined) {
    throw new UserError(
      `${folder} holds no libtensorflow (lib/libtensorflow.${extension} and lib/libtensorflow_framework.${extension}).`,
      'Give the folder into which a libtensorflow archive was unpacked; for the TensorFlow of a Python use --python or --tensorflow.',
    );
  }
  const libraries = Object.fromEntries(names.map((name) => [name, join(lib, name)]));
  libraries[`libtensorflow.${extension}`] ??= join(lib, combined);
  libraries[`libtensorflow_framework.${extension}`] ??= join(lib, framework);
  return { folder, include: join(folder, 'include'), libraries };
}

/**
 * Looks for the headers and the functions that the addon needs.
 * @throws UserError that names what is missing.
 */
export async function checkSource(source: TensorFlowSource, signal?: AbortSignal): Promise<void> {
  const header = headers.find((name) => !existsSync(join(source.include, name)));
  if (header !== undefined) {
    throw new UserError(
      `The TensorFlow in ${source.folder} lacks the header include/${header}.`,
      'Install the complete package again; some distributions leave the headers out.',
    );
  }
  const broken = Object.values(source.libraries).find((library) => !existsSync(library));
  if (broken !== undefined) throw new UserError(`${broken} is missing.`, 'Install that TensorFlow again.');
  const flags = process.platform === 'darwin' ? ['-gU'] : ['-D', '--defined-only'];
  const listings = [];
  for (const library of new Set(Object.values(source.libraries))) {
    const symbols: string[] = [];
    const onLine = (line: string): unknown => line.includes(' TF') && symbols.push(line.replace(/ _(?=TF)/, ' '));
    const { code, lines } = await runProgram('nm', [...flags, library], { signal, onLine });
    if (code !== 0) {
      throw new UserError(`${library} is no library that can be linked: ${lines.at(-1) ?? ''}`, 'Install it again.');
    }
    listings.push(symbols.join('\n'));
  }
  const missing = missingSymbols(listings);
  if (missing.length > 0) {
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
    throw new UserError(
      `The TensorFlow in ${source.folder} lacks functions that the addon calls: ${missing.slice(0, 3).join(', ')}${more}.`,
      'Use another version of TensorFlow, or the stock package (leave the option out).',
    );
  }
}

/** Puts links to the TensorFlow where the addon's build and, with it, the loader look. */
export async function linkSource(packageFolder: string, source: TensorFlowSource): Promise<void> {
  const deps = join(packageFolder, 'deps');
  await mkdir(join(deps, 'lib'), { recursive: true });
  await symlink(source.include, join(deps, 'include'));
  for (const [name, target] of Object.entries(source.libraries)) await symlink(target, join(deps, 'lib', name));
  // GPU wheels look for CUDA in ../nvidia/*/lib, seen from the folder through which the library was opened: this one.
  if (source.nvidia !== undefined) await symlink(source.nvidia, join(deps, basename(source.nvidia)));
}
