import sharp from 'sharp';
import type { RgbImage } from './rgbImage';
import { storedPng } from './storedPng';

const channels = 3;

/** 8-bit RGB PNG; lossless at every `compressionLevel` (0 fastest … 9 smallest). */
export async function encodePng(image: RgbImage, compressionLevel = 6): Promise<Buffer> {
  if (compressionLevel === 0) return storedPng(image);
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels } })
    .png({ compressionLevel })
    .toBuffer();
}

/** JPEG of the given quality (1 … 100). */
export async function encodeJpeg(image: RgbImage, quality: number): Promise<Buffer> {
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels } })
    .jpeg({ quality })
    .toBuffer();
}
