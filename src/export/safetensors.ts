// safetensors: eight bytes with the length of a JSON header, the header, the values as it says.
import { halved, isHalved } from '../network/half';
import type { Weights } from '../network/tensor';

/** Header and values begin at a multiple of this. */
const alignment = 8;

/**
 * The weights as a safetensors file, in the order of their names.
 * @param metadata texts of the header's `__metadata__`
 * @param half kernels and matrices in half precision (F16), the rest in single (F32)
 * @throws UserError for a value that a half cannot hold
 */
export function encodeSafetensors(
  weights: Weights,
  metadata: Readonly<Record<string, string>>,
  half: boolean,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, tensor] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const values = half && isHalved(tensor.shape) ? halved(name, tensor) : tensor.data;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const end = offset + bytes.length;
    const dtype = values instanceof Float32Array ? 'F32' : 'F16';
    header[name] = { dtype, shape: tensor.shape, data_offsets: [offset, end] };
    parts.push(bytes);
    offset = end;
  }
  const text = JSON.stringify(header);
  const length = Math.ceil(Buffer.byteLength(text) / alignment) * alignment;
  const start = Buffer.alloc(8 + length, ' ');
  start.writeBigUInt64LE(BigInt(length));
  start.write(text, 8);
  return Buffer.concat([start, ...parts]);
}
