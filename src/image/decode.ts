import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { ImageFault, ImageType } from '../protocol/problem';
import { decodeBmp } from './bmp';
import { ImageError } from './imageFault';
import { allowedPixels, largestFile } from './limits';
import type { RgbImage } from './rgbImage';
import { sniffImageType, supportedTypes } from './sniff';

// One image is one unit of work of a pool; libvips' own threads and cache would only get in each other's way.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes an image file by its content: PNG, JPEG, BMP, WebP or TIFF. Alpha is dropped, grey replicated, CMYK and 16 bit
 * converted to 8 bits. The EXIF orientation and colour profiles are ignored, as the reference does (spec §2.3): the
 * values of a telephone's Display P3 picture are taken as they are.
 * @param source path of a file, or the file's bytes (then `name` names it in errors).
 * @param upright turns the picture as its EXIF orientation says, which the reference does not
 * @throws UserError naming the file where it is empty, not an image, a GIF, or damaged.
 */
export async function decodeImage(source: string | Uint8Array, name?: string, upright = false): Promise<RgbImage> {
  const label = name ?? (typeof source === 'string' ? source : 'the image');
  const bytes = typeof source === 'string' ? await readImageFile(source) : source;
  if (typeOf(bytes, label) === 'bmp') return decodeBmp(bytes, label);
  const image = opened(bytes);
  return pixels(upright ? image.autoOrient() : image, bytes, label);
}

/**
 * Decodes an image file as `decodeImage` does, made small enough to look at: neither side is longer than `side` pixels,
 * none is enlarged. Far quicker than the whole of a photograph, of which a JPEG decoder then leaves most out; not for
 * numbers that have to be the reference's.
 * @throws UserError as decodeImage does.
 */
export async function decodeReduced(path: string, side: number): Promise<RgbImage> {
  const bytes = await readImageFile(path);
  let image: Sharp;
  if (typeOf(bytes, path) === 'bmp') {
    const { data, width, height } = decodeBmp(bytes, path);
    image = sharp(data, { raw: { width, height, channels: 3 } });
  } else image = opened(bytes);
  return pixels(image.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true }), bytes, path);
}

/** The EXIF orientation that a picture is to be shown in, 1 to 8, which `decodeImage` ignores; 1 where it has none. */
export async function orientationOf(bytes: Uint8Array): Promise<number> {
  // Not one that sharp reads, and without EXIF.
  if (sniffImageType(bytes) === 'bmp') return 1;
  const { orientation = 1 } = await header(bytes);
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

function opened(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels: allowedPixels(bytes.length) });
}

/** What the file says about itself, however large it is. */
async function header(bytes: Uint8Array): Promise<Metadata> {
  return sharp(bytes, { limitInputPixels: false }).metadata();
}

/** @param bytes of the file that the image is made of */
async function pixels(image: Sharp, bytes: Uint8Array, label: string): Promise<RgbImage> {
  try {
    const { data, info } = await image
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    const reason = firstLine(error);
    if (reason.includes('exceeds pixel limit')) throw await tooManyPixels(bytes, label);
    throw new ImageError(label, { kind: 'damaged', reason }, 'Replace or remove the file.');
  }
}

async function tooManyPixels(bytes: Uint8Array, label: string): Promise<ImageError> {
  const { width, height } = await header(bytes);
  const fault: ImageFault = { kind: 'many-pixels', width, height, most: allowedPixels(bytes.length) };
  return new ImageError(label, fault, 'Make it smaller, or remove it.');
}

/** @throws UserError where the bytes are of no kind that is decoded. */
function typeOf(bytes: Uint8Array, label: string): ImageType {
  requireSize(label, bytes.length);
  const type = sniffImageType(bytes);
  if (type === undefined || !supportedTypes.has(type)) throw notAnImage(label, bytes.length, type);
  return type;
}

/** The bytes of a file for `decodeImage`. @throws UserError naming the file */
export async function readImageFile(path: string): Promise<Uint8Array> {
  try {
    requireSize(path, (await stat(path)).size);
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
    requireSize(path, statSync(path).size);
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function requireSize(label: string, bytes: number): void {
  if (bytes <= largestFile) return;
  throw new ImageError(label, { kind: 'many-bytes', bytes, most: largestFile }, 'Make it smaller, or remove it.');
}

function unreadable(path: string, error: unknown): ImageError {
  if (error instanceof ImageError) return error;
  return new ImageError(path, { kind: 'unread', reason: firstLine(error) }, 'Check that it is a file you may read.', {
    cause: error,
  });
}

function notAnImage(label: string, size: number, type: ImageType | undefined): ImageError {
  if (size === 0) return new ImageError(label, { kind: 'empty' }, 'Replace or remove the file.');
  const namedAsImage = /\.(jpe?g|png|webp|gif|bmp|tiff?)$/i.test(label);
  return new ImageError(label, { kind: 'foreign', type, namedAsImage }, 'Convert it to JPEG or PNG, or remove it.');
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
}
