import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { installationRoot } from './installation';

/** npm packages whose addon runs TensorFlow itself. */
export const nativePackages = ['tfjs-node-gpu', 'tfjs-node'] as const;
export type NativePackage = (typeof nativePackages)[number];

/** An installed TensorFlow package; whether it loads is another question (see `probeNative`). */
export interface NativeCandidate {
  name: NativePackage;
  /** The package's folder. */
  folder: string;
  /** Where it was found, for the user. */
  source: string;
}

/** Where `facenet engine install` puts TensorFlow: outside the extension, so that an update of it keeps the engine. */
export function userEngineFolder(): string {
  return join(homedir(), '.facenet', 'engine');
}

interface Place {
  from: string;
  source: string;
  /** Folders above count too, as for any dependency. */
  upwards: boolean;
}

function packageFolder(name: NativePackage, { from, upwards }: Place): string | undefined {
  if (upwards) {
    try {
      return dirname(createRequire(join(from, 'package.json')).resolve(`@tensorflow/${name}/package.json`));
    } catch {
      return undefined;
    }
  }
  return [from, join(from, 'node_modules', '@tensorflow', name)].find(
    (folder) => packageName(folder) === `@tensorflow/${name}`,
  );
}

function packageName(folder: string): string | undefined {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name : undefined;
}

/**
 * The TensorFlow packages that are installed, in the order in which they are tried. With the environment variable
 * FACENET_ENGINE (a package's folder, or one with node_modules) only that place counts.
 */
export function findNativeCandidates(environment: NodeJS.ProcessEnv = process.env): NativeCandidate[] {
  const chosen = environment.FACENET_ENGINE;
  const places: Place[] =
    chosen !== undefined && chosen !== ''
      ? [{ from: resolve(chosen), source: 'FACENET_ENGINE', upwards: false }]
      : [
          { from: installationRoot(), source: 'the workbench', upwards: true },
          { from: userEngineFolder(), source: userEngineFolder(), upwards: false },
        ];
  return nativePackages.flatMap((name) =>
    places.flatMap((place) => {
      const folder = packageFolder(name, place);
      return folder === undefined ? [] : [{ name, folder, source: place.source }];
    }),
  );
}
