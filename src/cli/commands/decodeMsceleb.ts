import type { ArgumentParser } from 'argparse';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { readMsCeleb } from '../../dataset/msceleb';
import { writeFileAtomic } from '../../files/atomicFile';
import { decodeImage } from '../../image/decode';
import { resizeBilinear } from '../../image/resizeBilinear';
import { throwIfStopped, UserError } from '../../protocol/errors';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';
import { requireBetween } from '../modelFlags';

function configure(parser: ArgumentParser): void {
  parser.add_argument('output_dir', { metavar: 'OUTPUT', help: 'folder for the images, one folder per person' });
  parser.add_argument('tsv_files', { metavar: 'TSV', nargs: '+', help: 'files of MS-Celeb-1M' });
  parser.add_argument('--size', {
    type: 'int',
    help: 'edge of the square that each image is brought to; default its own size',
  });
  parser.add_argument('--output_format', {
    choices: ['png', 'jpg'],
    default: 'png',
    help: 'format of the images (default: png)',
  });
}

async function run(options: CommandOptions, { output, signal }: CommandContext): Promise<number> {
  const folder = expandHome(String(options['output_dir']));
  const size = options['size'] as number | undefined;
  const format = options['output_format'] as 'png' | 'jpg';
  if (size !== undefined) requireBetween('--size', size, 1, 4096);
  let count = 0;
  let kept = 0;
  for (const typed of options['tsv_files'] as string[]) {
    const file = expandHome(typed);
    const fault = (line: number, reason: string): void =>
      output.problem(`Line ${line} of ${file} is left out: ${reason}.`);
    for await (const { person, name, bytes } of readMsCeleb(file, fault)) {
      throwIfStopped(signal);
      const path = join(folder, person, `${name}.${format}`);
      count++;
      if (existsSync(path)) {
        kept++;
        continue;
      }
      try {
        const decoded = await decodeImage(bytes, `image ${count} of ${file}`);
        const { data, width, height } = size === undefined ? decoded : resizeBilinear(decoded, size, size);
        const picture = sharp(data, { raw: { width, height, channels: 3 } });
        await mkdir(dirname(path), { recursive: true });
        await writeFileAtomic(path, await (format === 'png' ? picture.png() : picture.jpeg()).toBuffer());
        output.line(`${String(count).padStart(8)}: ${path}`);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        output.problem(`It is left out: ${error.sentence}`);
      }
    }
  }
  if (kept > 0) output.problem(`${kept} images were there already and are kept as they are.`);
  return 0;
}

export const command: Command = {
  name: 'decode-msceleb',
  summary: 'Unpack the images of MS-Celeb-1M files, one folder per person.',
  configure,
  run,
};
