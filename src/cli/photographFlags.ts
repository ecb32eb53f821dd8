// What commands that look for faces in photographs ask.
import type { ArgumentParser } from 'argparse';
import { locateDetector, openDetector, type DetectorChoice } from '../align/createDetector';
import type { FaceDetector } from '../align/face';
import type { CommandContext, CommandOptions } from './command';
import type { IneffectiveFlag } from './modelFlags';

/** Of the reference's scripts that look for faces. */
export const gpuFlag: Readonly<Record<string, IneffectiveFlag>> = {
  gpu_memory_fraction: { type: 'float', usual: 1, why: 'faces are found and embedded on the CPU' },
};

/** Adds `--margin`, and in `own` the flags that the reference does not have. */
export function addPhotographFlags(
  parser: ArgumentParser,
  own: Pick<ArgumentParser, 'add_argument'> = parser.add_argument_group({ title: 'what the reference does not have' }),
): void {
  parser.add_argument('--margin', {
    type: 'int',
    default: 44,
    help: 'pixels of the photograph around the box, both sides together; landmark chips have none (default: 44)',
  });
  own.add_argument('--detector', {
    choices: ['auto', 'mtcnn', 'starter'],
    default: 'auto',
    help: 'auto takes MTCNN when its weights are there, else the starter detector; mtcnn downloads the weights (2 MB)',
  });
  own.add_argument('--upright', {
    action: 'store_true',
    help: 'turn photographs as their EXIF orientation says first; the reference takes their pixels as they lie',
  });
}

/** The detector that was asked for; why it is this one is said. @throws UserError when its weights cannot be had */
export async function openAskedDetector(
  options: CommandOptions,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<FaceDetector> {
  const { source, note } = await locateDetector(options['detector'] as DetectorChoice, {
    signal,
    onNotice: (message) => output.problem(message),
  });
  if (note !== undefined) output.problem(note);
  return openDetector(source);
}
