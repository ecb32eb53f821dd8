import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { UserError } from '../protocol/errors';
import { decodeBmp } from './bmp';
import type { RgbImage } from './rgbImage';
import { sniffImageType, supportedTypes } from './sniff';

// One image is one unit of work of a pool; libvips' own threads and cache would only get in each other's way.
sharp.concurrency(1);
sharp.cache(false);

/** More pixels than any photograph of a face needs; a header that promises more is a mistake or an attack. */
const mostPixels = 268_402_689;

/**
 * Decodes an image file by its content: PNG, JPEG, BMP, WebP or TIFF. Alpha is dropped, grey replicated, CMYK and 16 bit
 * converted to 8 bits. The EXIF orientation and colour profiles are ignored, as the reference does (spec §2.3): the
 * values of a telephone's Display P3 picture are taken as they are.
 * @param source path of a file, or the file's bytes (then `name` names it in errors).
 * @throws UserError naming the file where it is empty, not an image, a GIF, or damaged.
 */
export async function decodeImage(source: string | Uint8Array, name?: string): Promise<RgbImage> {
  const label = name ?? (typeof source === 'string' ? source : 'the image');
  const bytes = typeof source === 'string' ? await readBytes(source) : source;
  const type = sniffImageType(bytes);
  if (type === undefined || !supportedTypes.has(type)) throw notAnImage(label, bytes.length, type);
  if (type === 'bmp') return decodeBmp(bytes, label);
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels: mostPixels })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw new UserError(`${label} cannot be decoded (${firstLine(error)}).`, 'Replace or remove the file.');
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * The bytes of a file for `decodeImage`, read at once: for threads that do nothing else meanwhile, where each step of an
 * asynchronous read costs more than the read. @throws UserError naming the file.
 */
export function readImageFileSync(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UserError {
  return new UserError(`${path} cannot be read (${firstLine(error)}).`, 'Check that it is a file you may read.');
}

function notAnImage(label: string, size: number, type: string | undefined): UserError {
  if (size === 0) return new UserError(`${label} is empty.`, 'Replace or remove the file.');
  const what = type === undefined ? 'not an image' : `a ${type.toUpperCase()} file`;
  return new UserError(`${label} is ${what}, whatever its name says.`, 'Convert it to JPEG or PNG, or remove it.');
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
}
