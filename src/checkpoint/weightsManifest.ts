// Weights in the format of TensorFlow.js: a manifest of names, shapes and quantisations beside a binary file.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tensor } from '../network/tensor';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';

const manifestSchema = z.array(
  z.object({
    paths: z.array(z.string()),
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.number().int().nonnegative()),
        dtype: z.enum(['float32', 'int32']),
        quantization: z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }).optional(),
      }),
    ),
  }),
);

const bytesPerElement = { uint8: 1, uint16: 2, float32: 4 } as const;

/**
 * Reads `<dir>/<name>-weights_manifest.json` and `<dir>/<name>.bin`. A quantised value is `q · scale + min`, computed in
 * double and rounded to float32. Integers (constants of the graph that a detector was cut from) are left out.
 *
 * @throws UserError when a file is missing, cut off or not such a manifest.
 */
export async function readWeightsManifest(dir: string, name: string): Promise<Map<string, Tensor>> {
  const manifestPath = join(dir, `${name}-weights_manifest.json`);
  const dataPath = join(dir, `${name}.bin`);
  const [text, bytes] = await Promise.all([readFile(manifestPath, 'utf8'), readFile(dataPath)]).catch(
    (cause: unknown) => {
      throw new UserError(
        `The weights ${name} are not in ${dir}.`,
        'Build the program again (npm run build); the starter models are copied then.',
        { cause },
      );
    },
  );
  let groups: z.infer<typeof manifestSchema>;
  try {
    groups = manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(`${manifestPath} is not a weights manifest: ${jsonFault(cause)}.`, 'Copy it again.', { cause });
  }
  const tensors = new Map<string, Tensor>();
  let offset = 0;
  for (const { name: weight, shape, dtype, quantization } of groups.flatMap((group) => group.weights)) {
    const count = shape.reduce((product, size) => product * size, 1);
    const length = count * bytesPerElement[quantization?.dtype ?? 'float32'];
    // Also where an impossible shape has no product.
    if (!(offset + length <= bytes.length)) {
      throw new UserError(
        `${dataPath} is cut off at byte ${bytes.length}: ${weight} of [${shape.join(', ')}] begins at byte ${offset}.`,
        'Copy it again.',
      );
    }
    const part = bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length);
    if (dtype === 'float32') tensors.set(weight, { shape, data: dequantize(part, quantization) });
    offset += length;
  }
  if (offset !== bytes.length) {
    throw new UserError(`${dataPath} does not belong to ${manifestPath}: it has ${bytes.length - offset} bytes more.`);
  }
  return tensors;
}

function dequantize(
  bytes: ArrayBuffer,
  quantization: { dtype: 'uint8' | 'uint16'; scale: number; min: number } | undefined,
): Float32Array {
  if (quantization === undefined) return new Float32Array(bytes);
  const quantized = quantization.dtype === 'uint8' ? new Uint8Array(bytes) : new Uint16Array(bytes);
  const { scale, min } = quantization;
  const data = new Float32Array(quantized.length);
  for (let i = 0; i < data.length; i++) data[i] = quantized[i]! * scale + min;
  return data;
}
