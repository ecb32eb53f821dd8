import type { ImageType } from '../protocol/problem';

const signatures: readonly [type: ImageType, bytes: readonly number[]][] = [
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
  ['bmp', [0x42, 0x4d]],
  ['tiff', [0x49, 0x49, 0x2a, 0x00]],
  ['tiff', [0x4d, 0x4d, 0x00, 0x2a]],
];

/** The kind of image by content (its first 12 bytes), whatever the file's name says; undefined for anything else. */
export function sniffImageType(bytes: Uint8Array): ImageType | undefined {
  const found = signatures.find(([, signature]) => signature.every((byte, index) => bytes[index] === byte));
  if (found !== undefined) return found[0];
  const text = (from: number): string => String.fromCharCode(...bytes.subarray(from, from + 4));
  return text(0) === 'RIFF' && text(8) === 'WEBP' ? 'webp' : undefined;
}

/**
 * Kinds that can be aligned and trained on. A GIF may be animated and is not an image to the reference either
 * (spec §1.4).
 */
export const supportedTypes: ReadonlySet<ImageType> = new Set(['png', 'jpeg', 'bmp', 'webp', 'tiff']);
