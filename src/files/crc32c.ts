import { buf } from 'crc-32/crc32c';

/**
 * CRC-32C of the parts one after another, masked as TensorFlow stores it beside data that may hold CRCs itself
 * (checkpoint-formats §0.3). Unsigned 32 bits.
 */
export function maskedCrc32c(...parts: readonly Uint8Array[]): number {
  let crc = 0;
  for (const part of parts) crc = buf(part, crc);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
