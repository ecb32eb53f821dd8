import { ImageError } from './imageFault';
import { blackImage, type RgbImage } from './rgbImage';

const infoHeader = 14;

/**
 * Uncompressed Windows bitmaps of 8 (palette), 24 or 32 bits, which the reference reads and libvips does not.
 * @throws UserError for other kinds and for files that end before their pixels do.
 */
export function decodeBmp(bytes: Uint8Array, label: string): RgbImage {
  const damaged = (reason: string): ImageError =>
    new ImageError(label, { kind: 'damaged', reason }, 'Convert it to PNG or JPEG, or remove it.');
  if (bytes.length < infoHeader + 40) throw damaged('the bitmap’s header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixels = view.getUint32(10, true);
  const headerSize = view.getUint32(infoHeader, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  if (![8, 24, 32].includes(bits) || (compression !== 0 && !(compression === 3 && bits === 32))) {
    throw damaged(`a bitmap of ${bits} bits and compression ${compression} is not supported`);
  }
  if (width <= 0 || height === 0) throw damaged(`its size is ${width}×${height}`);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (pixels + rowBytes * height > bytes.length) throw damaged('the file ends before its pixels do');

  const palette = infoHeader + headerSize;
  if (bits === 8 && palette + 4 * 256 > bytes.length) throw damaged('its palette is cut off');
  const image = blackImage(width, height);
  for (let y = 0; y < height; y++) {
    const row = pixels + rowBytes * (signedHeight > 0 ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const from = bits === 8 ? palette + 4 * bytes[row + x]! : row + (x * bits) / 8;
      const to = (y * width + x) * 3;
      image.data[to] = bytes[from + 2]!;
      image.data[to + 1] = bytes[from + 1]!;
      image.data[to + 2] = bytes[from]!;
    }
  }
  return image;
}
