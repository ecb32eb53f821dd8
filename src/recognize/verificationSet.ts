// Verification sets of the field (LFW, CFP-FP, AgeDB-30, CALFW, CPLFW as insightface packs them): one pickled pair, a list of
// images as files and a list of whether two by two they show one person.
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unpickle, type PickledValue } from '../checkpoint/pickle';
import { writeFileAtomic } from '../files/atomicFile';
import { decodeImage } from '../image/decode';
import { encodePng } from '../image/encode';
import { resizeBilinear } from '../image/resizeBilinear';
import { throwIfStopped, UserError } from '../protocol/errors';

export interface VerificationSet {
  /** Files of images, as they were packed; 2i and 2i + 1 are the pair i. */
  images: Uint8Array[];
  same: boolean[];
}

function contents(value: PickledValue): VerificationSet {
  if (!Array.isArray(value) || value.length !== 2) throw new Error('it holds no list of images with a list of answers');
  const [images, answers] = value;
  if (!Array.isArray(images) || !Array.isArray(answers)) throw new Error('it holds no two lists');
  if (answers.length === 0 || images.length !== 2 * answers.length)
    throw new Error(`it has ${images.length} images for ${answers.length} answers, not two for each`);
  return {
    images: images.map((image, index) => {
      if (!(image instanceof Uint8Array)) throw new Error(`its image ${index} is no file`);
      return image;
    }),
    same: answers.map((answer, index) => {
      if (typeof answer !== 'boolean' && answer !== 0 && answer !== 1)
        throw new Error(`its answer ${index} is neither true nor false`);
      return Boolean(answer);
    }),
  };
}

/** Reads a set; nothing in the file is executed. @throws UserError for a file that is missing, damaged or something else */
export async function readVerificationSet(path: string): Promise<VerificationSet> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError(`${path} cannot be read.`, 'Check the path.', { cause });
  });
  try {
    return contents(unpickle(bytes, 0));
  } catch (cause) {
    const message = `${path} cannot be read as a verification set: ${(cause as Error).message}.`;
    throw new UserError(message, 'Copy or download it again.', { cause });
  }
}

const number = (value: number): string => String(value).padStart(5, '0');

/** The person of a pair's first and second image: one, or two of whom nothing but that is known. */
function people(pair: number, same: boolean): [first: string, second: string] {
  const name = `pair_${number(pair + 1)}`;
  return same ? [name, name] : [`${name}a`, `${name}b`];
}

/** Where the two images of a pair lie in the folder of a set, with forward slashes. */
export function filesOfPair(pair: number, same: boolean): [first: string, second: string] {
  const [first, second] = people(pair, same);
  return [`${first}/${first}_0001.png`, `${second}/${second}_${same ? '0002' : '0001'}.png`];
}

/**
 * Writes a set as a folder that every program of pairs reads: an image for each, square of `imageSize`, and `pairs.txt` in
 * the order of the set, last. Resolves to the path of that.
 * @throws UserError where the folder holds something, or an image is none; StoppedError once the signal is aborted
 */
export async function unpackVerificationSet(
  { images, same }: VerificationSet,
  folder: string,
  imageSize: number,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<string> {
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0) throw new UserError(`${folder} is not empty.`, 'Name a folder that is not there yet.');
  const lines: string[] = [];
  for (const [pair, one] of same.entries()) {
    throwIfStopped(signal);
    const names = people(pair, one);
    for (const [side, file] of filesOfPair(pair, one).entries()) {
      const index = 2 * pair + side;
      const image = await decodeImage(images[index]!, `image ${index} of the set`);
      const square =
        image.width === imageSize && image.height === imageSize ? image : resizeBilinear(image, imageSize, imageSize);
      const place = join(folder, file);
      await mkdir(dirname(place), { recursive: true });
      await writeFileAtomic(place, await encodePng(square));
    }
    lines.push(one ? `${names[0]}\t1\t2` : `${names[0]}\t1\t${names[1]}\t1`);
    onProgress?.(pair + 1, same.length);
  }
  const pairs = join(folder, 'pairs.txt');
  await writeFileAtomic(pairs, `${lines.join('\n')}\n`);
  return pairs;
}
