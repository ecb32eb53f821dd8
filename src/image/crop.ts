import { blackImage, type RgbImage } from './rgbImage';

/** The `width`×`height` pixels from (x, y) on. Throws RangeError where the region is not inside the image. */
export function cropRegion(image: RgbImage, x: number, y: number, width: number, height: number): RgbImage {
  if (x < 0 || y < 0 || width <= 0 || height <= 0 || x + width > image.width || y + height > image.height) {
    throw new RangeError(`region ${width}×${height} at (${x}, ${y}) is outside ${image.width}×${image.height}`);
  }
  const crop = blackImage(width, height);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * image.width + x) * 3;
    crop.data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  return crop;
}

/**
 * Centre crop where the image is larger than `size`, zero padding where it is smaller, each axis on its own; offsets
 * rounded down (spec §3.1: 7→4 takes indices 1..4, 4→7 pads 1 before and 2 after).
 */
export function centerCropOrPad(image: RgbImage, size: number): RgbImage {
  if (image.width === size && image.height === size) return image;
  const x = axis(image.width, size);
  const y = axis(image.height, size);
  const out = blackImage(size, size);
  for (let row = 0; row < y.count; row++) {
    const from = ((y.from + row) * image.width + x.from) * 3;
    out.data.set(image.data.subarray(from, from + x.count * 3), ((y.to + row) * size + x.to) * 3);
  }
  return out;
}

function axis(length: number, size: number): { from: number; to: number; count: number } {
  return length >= size
    ? { from: Math.floor((length - size) / 2), to: 0, count: size }
    : { from: 0, to: Math.floor((size - length) / 2), count: length };
}
