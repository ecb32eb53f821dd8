import type { ArgumentParser } from 'argparse';
import { resolve } from 'node:path';
import { correctFace } from '../../align/correctFace';
import type { BoxCorners } from '../../protocol/alignmentLog';
import { type Command, type CommandContext, type CommandOptions, printJson } from '../command';

function configure(parser: ArgumentParser): void {
  parser.add_argument('folder', { help: 'folder that faces were aligned into' });
  parser.add_argument('image', { help: 'photograph, as <person>/<photograph>' });
  parser.add_argument('box', {
    metavar: 'PIXEL',
    type: 'float',
    nargs: 4,
    help: 'the face without its margin: left, top, right and bottom edge in pixels of the photograph',
  });
  parser.add_argument('--face', {
    type: 'int',
    default: 0,
    help: 'which of several faces of the photograph, from 0; the number after the last one adds a face',
  });
  parser.add_argument('--source', { help: 'folder of the photographs, where it has been moved since' });
  parser.add_argument('--json', { action: 'store_true', help: 'print what was written to the log as JSON' });
}

async function run(options: CommandOptions, { output, cwd }: CommandContext): Promise<number> {
  const { folder, image, box, face, source, json } = options as {
    folder: string;
    image: string;
    box: BoxCorners;
    face: number;
    source?: string;
    json: boolean;
  };
  const { entry, file } = await correctFace({
    folder: resolve(cwd, folder),
    image,
    box,
    face,
    source: source === undefined ? undefined : resolve(cwd, source),
  });
  if (json) printJson(output, entry);
  else output.line(`Wrote ${file} as corrected by hand.`);
  return 0;
}

export const command: Command = {
  name: 'crop',
  summary: 'Cut one face out again, with a box drawn by hand.',
  configure,
  run,
};
