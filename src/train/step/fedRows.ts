// The images of a step as its graph takes them: integers, which stay in the host's memory until the graph wants them.
import { type BatchRows, standardsOf } from '../../input/pixels';
import type { Fed } from '../../network/recording/savedGraph';
import type { Standardization } from '../../protocol/recipe';
import { fed } from './stepGraph';

/** @param shape of the rows, [N, …] */
export function fedRows(
  rows: BatchRows,
  shape: readonly number[],
  pixels: Standardization | undefined,
): [string, Fed][] {
  if (!(rows instanceof Uint8Array))
    return [[fed.rows, { dtype: 'int32', shape, values: new Int32Array(rows.buffer, rows.byteOffset, rows.length) }]];
  const images = shape[0]!;
  const words = wordsOf(rows);
  return [
    [fed.rows, { dtype: 'int32', shape: [words.length], values: words }],
    [fed.standards, { dtype: 'float32', shape: [images, 4], values: standardsOf(rows, rows.length / images, pixels!) }],
  ];
}

/** Bytes four to a word; where the last word is not full it is filled up with zeros. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const whole = bytes.length % 4 === 0 && bytes.byteOffset % 4 === 0;
  if (whole) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  return words;
}
