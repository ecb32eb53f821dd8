import type { ForwardSession } from '../../engine/onnx';
import type { FaceMap } from './candidates';
import { pnetWindow } from './pyramid';

/** Pixels that PNet sees at once; its activations take about 200 bytes for each. */
const mostPixels = 1_000_000;
const stride = 2;

/**
 * PNet's answer for a level [height, width, 3]. A large level goes through in strips that overlap by what the window
 * needs, with the same result, so that a photograph of 24 megapixels does not take gigabytes.
 */
export async function faceMap(
  pnet: ForwardSession,
  input: Float32Array,
  width: number,
  height: number,
  pixelsAtOnce: number = mostPixels,
): Promise<FaceMap> {
  const rows = Math.ceil((height - 2) / 2) - 4;
  const rowsAtOnce = Math.max(1, Math.floor((pixelsAtOnce / width - pnetWindow) / stride) + 1);
  const parts: Float32Array[] = [];
  let columns = 0;
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const to = Math.min(from + rowsAtOnce, rows);
    const begin = from * stride;
    // The last strip keeps the odd row that only `same` pooling looks at.
    const end = to === rows ? height : (to - 1) * stride + pnetWindow;
    const [heads] = await pnet.run(input.subarray(begin * width * 3, end * width * 3), [1, end - begin, width, 3]);
    parts.push(heads!.data);
    columns = heads!.shape[2]!;
  }
  return { width: columns, height: rows, data: joined(parts) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
