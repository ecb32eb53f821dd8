// How large an image may be. A file of 30 kB can state 50,000 × 50,000 pixels, which would take 7.5 GB.

/** Bytes of an image file: four times what a photograph of 200 megapixels takes. */
export const largestFile = 256 << 20;

/** Pixels of an image: 16,384 × 12,288, the largest sensors of telephones. */
const mostPixels = 201_326_592;

/** Pixels that need no proof, however small the file is: a drawing or a white wall packs well. */
export const largestUnquestioned = 25_000_000;

/** Above them a byte of the file stands for so many pixels at most; in photographs it stands for 1 to 10. */
const mostPixelsPerByte = 100;

/** How many pixels an image file of so many bytes may have. */
export function allowedPixels(fileBytes: number): number {
  return Math.min(mostPixels, Math.max(largestUnquestioned, fileBytes * mostPixelsPerByte));
}
