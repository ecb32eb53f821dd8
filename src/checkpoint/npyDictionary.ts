import { readFile } from 'node:fs/promises';
import type { Tensor } from '../network/tensor';
import { UserError } from '../protocol/errors';
import { parseNpyHeader, rowMajor } from './npy';
import { floatArrayOf, unpickle, type PickledValue } from './pickle';

/**
 * Reads a .npy file that holds one Python dictionary: layer → parameter → float32 array, as MTCNN's det1.npy, det2.npy
 * and det3.npy do (spec §2.7). The result is keyed `layer/parameter` (`conv1/weights`, `PReLU1/alpha`), row-major
 * whatever the order in the file. Nothing in the file is executed.
 *
 * @throws UserError for a file that is missing, cut off or holds something else.
 */
export async function readNpyDictionary(path: string): Promise<Map<string, Tensor>> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError(`${path} cannot be read.`, 'Check the path.', { cause });
  });
  const { descr, dataOffset } = parseNpyHeader(bytes, path);
  if (descr !== '|O')
    throw new UserError(`${path} holds an array of ${descr.slice(0, 20)}, not a dictionary of weights.`);
  try {
    return tensorsOf(unpickle(bytes, dataOffset), bytes.length);
  } catch (cause) {
    throw new UserError(`${path} cannot be read: ${(cause as Error).message}.`, 'Copy or download it again.', {
      cause,
    });
  }
}

/** What a pickle says of an array at least: its class, its shape and its type. */
const leastArrayBytes = 16;

function tensorsOf(pickled: PickledValue, fileBytes: number): Map<string, Tensor> {
  const layers = dictionaryOf(pickled);
  const tensors = new Map<string, Tensor>();
  let together = 0;
  for (const [layer, parameters] of layers) {
    for (const [parameter, value] of dictionaryOf(parameters)) {
      const { shape, fortran, bytes } = floatArrayOf(value);
      // A pickle may name one array a thousand times, and a dictionary of it a thousand times more.
      together += leastArrayBytes + bytes.length;
      if (together > fileBytes) throw new Error(`it is damaged: ${layer}/${parameter} shares its values`);
      const data = new Float32Array(new Uint8Array(bytes).buffer);
      tensors.set(`${layer}/${parameter}`, { shape, data: fortran ? rowMajor(data, shape) : data });
    }
  }
  return tensors;
}

function dictionaryOf(value: PickledValue): Map<string, PickledValue> {
  if (value instanceof Map) return value;
  // numpy.save wraps the dictionary in an array of no dimensions, whose state holds a list of the one object.
  if (value !== null && typeof value === 'object' && 'state' in value && Array.isArray(value.state)) {
    const items = value.state[4];
    if (Array.isArray(items) && items[0] instanceof Map) return items[0];
  }
  throw new Error('it holds no dictionary');
}
