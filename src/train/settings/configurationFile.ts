// Run configurations on disk: *.facenet.json, JSON with comments (src/protocol/runConfiguration.ts).
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
// Its default entry loads its parts by a require that no bundler sees.
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser/lib/esm/main.js';
import { fileNameOf, writeUnderFreeName } from '../../files/freeName';
import { UserError } from '../../protocol/errors';
import { jsonFault } from '../../protocol/jsonFault';
import { configurationSuffix, type RunConfiguration, runConfigurationSchema } from '../../protocol/runConfiguration';
import { withPaths } from '../../protocol/settings/paths';
import { type TrainConfig, trainConfigSchema, trainSettings } from '../../protocol/trainConfig';
import { expandHome } from './homePath';

/** Where the configurations of a workspace lie. */
export function configurationsDirectory(root: string): string {
  return join(root, '.facenet', 'configurations');
}

/** The folder at which relative paths of a configuration begin: the workspace whose `.facenet/configurations` it lies in, else its own. */
function rootOfConfiguration(file: string): string {
  const folder = dirname(resolve(file));
  const root = dirname(dirname(folder));
  return configurationsDirectory(root) === folder ? root : folder;
}

/** The absolute path that an entry of a configuration means. */
function absolute(root: string, path: string): string {
  return path === '~' || /^~[\\/]/.test(path) ? expandHome(path) : resolve(root, path);
}

/** A path as it is written: relative where it lies in the workspace, so that the folder may be moved. */
function written(root: string, path: string): string {
  const way = relative(root, path);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return path;
  return way === '' ? '.' : way.split(sep).join('/');
}

/** What a configuration says, checked; paths as they are written. @throws UserError naming line or setting */
function parseConfiguration(text: string, file: string): RunConfiguration {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) {
    const line = text.slice(0, error.offset).split('\n').length;
    throw new UserError(
      `${file} is not JSON: line ${line}: ${inWords(printParseErrorCode(error.error))}.`,
      'Correct the file.',
    );
  }
  const parsed = runConfigurationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UserError(`${file}: ${jsonFault(parsed.error)}.`, 'The editor tells what each setting takes.');
}

/** `PropertyNameExpected` → `property name expected`. */
function inWords(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

export interface ReadConfiguration {
  /** With absolute paths. */
  config: TrainConfig;
  title: string;
  /** See `rootOfConfiguration`. */
  root: string;
}

/** Reads a configuration. @throws UserError when it cannot be read, is no JSON or has a setting that is wrong */
export async function readConfiguration(path: string): Promise<ReadConfiguration> {
  const file = resolve(path);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The run configuration ${file} cannot be read.`, 'Check the path.', { cause });
  });
  const settings = parseConfiguration(text, file);
  const root = rootOfConfiguration(file);
  return {
    config: withPaths(trainConfigSchema.parse(settings), trainSettings, (entry) => absolute(root, entry)),
    title: settings.title ?? basename(file).replace(/(?:\.facenet)?\.jsonc?$/, ''),
    root,
  };
}

/** A configuration as text, every setting written out, with `notes` as comments before it. */
export function configurationText(
  config: TrainConfig,
  { root, title, notes = [] }: { root: string; title?: string; notes?: readonly string[] },
): string {
  const comments = notes.map((note) => `// ${note.replace(/\s*\n\s*/g, ' ')}\n`).join('');
  const paths = withPaths(config, trainSettings, (path) => written(root, path));
  const settings = { ...(title !== undefined && { title }), ...paths };
  return `${comments}${JSON.stringify(settings, undefined, 2)}\n`;
}

/**
 * Writes a configuration into the workspace under a name made of its title and returns its path. A file that is there
 * is never touched: the same text is not written twice, another one gets the next free name.
 */
export async function saveConfiguration(root: string, title: string, text: string): Promise<string> {
  return writeUnderFreeName(configurationsDirectory(root), fileNameOf(title), configurationSuffix, text);
}
