import type { ArgumentParser } from 'argparse';
import { resolve } from 'node:path';
import pMap from 'p-map';
import { thumbnailOf } from '../../image/thumbnail';
import { UserError, describeError, throwIfStopped } from '../../protocol/errors';
import { type ThumbnailLine, thumbnailSides } from '../../protocol/thumbnail';
import type { Command, CommandContext, CommandOptions } from '../command';

/** Decoded at a time; more are no faster on libuv's four threads. */
const atOnce = 4;

const { least, most, usual } = thumbnailSides;

function configure(parser: ArgumentParser): void {
  parser.add_argument('pictures', {
    metavar: 'PICTURE',
    nargs: '+',
    help: 'image files: PNG, JPEG, BMP, WebP or TIFF',
  });
  parser.add_argument('--size', {
    type: 'int',
    default: usual,
    help: `longest side in pixels, ${least} to ${most} (default ${usual}); smaller pictures are not enlarged`,
  });
}

async function run(options: CommandOptions, { output, signal, cwd }: CommandContext): Promise<number> {
  const size = options['size'] as number;
  if (size < least || size > most) {
    throw new UserError(`--size ${size} is no size of a thumbnail.`, `Give ${least} to ${most} pixels.`);
  }
  const line = async (path: string): Promise<ThumbnailLine> => {
    try {
      return { path, data: await thumbnailOf(resolve(cwd, path), size) };
    } catch (error) {
      return { path, problem: describeError(error) };
    }
  };
  // Printed as they are made: whoever waits for the first does not wait for all.
  const print = async (path: string): Promise<void> => {
    throwIfStopped(signal);
    output.line(JSON.stringify(await line(path)));
  };
  await pMap(options['pictures'] as string[], print, { concurrency: atOnce });
  return 0;
}

export const command: Command = {
  name: 'thumbnail',
  summary: 'Print small versions of pictures, one line of JSON for each.',
  configure,
  run,
};
