import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { installationRoot } from '../engine/installation';
import { UserError, describeError } from '../protocol/errors';
import { writeFileAtomic } from '../files/atomicFile';
import { clearStrayFiles } from '../files/strayFiles';
import type { Rectangle } from './cropFace';

/** @throws UserError when crops would become photographs of the next run, or when the folder cannot be made. */
export async function createOutputFolder(inputDir: string, outputDir: string): Promise<void> {
  const [input, output] = [resolve(inputDir), resolve(outputDir)];
  if (output === input || output.startsWith(input.endsWith(sep) ? input : input + sep)) {
    throw new UserError(
      `The output folder ${outputDir} lies in the folder of the photographs.`,
      'Choose a folder beside it: crops must not be mixed with photographs.',
    );
  }
  try {
    await mkdir(output, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in the way' : describeError(error);
    throw new UserError(`The output folder ${outputDir} cannot be made: ${why}.`, 'Choose another output folder.', {
      cause: error,
    });
  }
}

/** revision_info.txt as the reference writes it (spec §6.9), with our version where TensorFlow's stood. */
export async function writeRevisionInfo(folder: string, argumentsLine: string, version: string): Promise<void> {
  const rule = '--------------------';
  const [hash, difference] = await Promise.all([git('rev-parse', 'HEAD'), git('diff', 'HEAD')]);
  const lines = [`arguments: ${argumentsLine}`, rule, `facenet-workbench version: ${version}`, rule];
  await writeFileAtomic(
    join(folder, 'revision_info.txt'),
    [...lines, `git hash: ${hash}`, rule, difference].join('\n'),
  );
}

/** What git prints about the workbench's own folder; empty outside a checkout. */
async function git(...command: string[]): Promise<string> {
  try {
    const options = { cwd: installationRoot(), maxBuffer: 1 << 24, timeout: 5000 };
    const { stdout } = await promisify(execFile)('git', command, options);
    return stdout.trim();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? `git ${command.join(' ')}: not found` : '';
  }
}

/** bounding_boxes_NNNNN.txt: one line per crop, or the bare target of a photograph without a face (spec §2.2). */
export class BoundingBoxFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /**
   * A new file of a random number; several processes at once get different ones.
   * @param into folder that it is moved into later, where its name has to be free too
   */
  static async create(folder: string, into = folder): Promise<BoundingBoxFile> {
    for (;;) {
      const name = `bounding_boxes_${String(randomInt(99_999)).padStart(5, '0')}.txt`;
      const path = join(folder, name);
      if (into !== folder && existsSync(join(into, name))) continue;
      try {
        return new BoundingBoxFile(path, await open(path, 'wx'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(path, error);
      }
    }
  }

  /** @param line without its end */
  async append(line: string): Promise<void> {
    try {
      await this.handle.appendFile(`${line}\n`);
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** A line about a crop, or the bare target of a photograph without a face. */
export function boundingBoxLine(target: string, rectangle?: Rectangle): string {
  const numbers = rectangle === undefined ? [] : [rectangle.x1, rectangle.y1, rectangle.x2, rectangle.y2];
  return [target, ...numbers].join(' ');
}

/** The folders of the people, each made once. */
export class ClassFolders {
  private readonly made = new Map<string, Promise<boolean>>();

  /** Makes the folder; true when it was not there before. What a killed run was writing there is removed. */
  create(folder: string): Promise<boolean> {
    let making = this.made.get(folder);
    if (making === undefined) {
      making = make(folder);
      this.made.set(folder, making);
    }
    return making;
  }
}

async function make(folder: string): Promise<boolean> {
  try {
    if ((await mkdir(folder, { recursive: true })) !== undefined) return true;
  } catch (error) {
    throw writeFailure(folder, error);
  }
  await clearStrayFiles(folder);
  return false;
}

/** A relative path as the log of an alignment has it, on every system. */
export function slashed(path: string): string {
  return path.split(sep).join('/');
}

/** Why a file of the output cannot be written, and what to do. */
export function writeFailure(path: string, error: unknown): UserError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(
      `The disk is full: ${path} cannot be written.`,
      'Free some space and run the same command again; it continues where it stopped.',
      { cause: error },
    );
  }
  return new UserError(
    `${path} cannot be written: ${describeError(error)}.`,
    `Make ${dirname(path)} writable, or choose another output folder.`,
    { cause: error },
  );
}
