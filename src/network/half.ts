// Half precision (IEEE 754 binary16): eleven significant bits, to 65504.
import { UserError } from '../protocol/errors';
import type { Tensor, Weights } from './tensor';

const signBit = 0x8000;
const infinity = 0x7c00;
const quietNan = 0x7e00;
/** As bits of a float32: the first magnitude that rounds to infinity (65520), and the least normal one (2⁻¹⁴). */
const overflow = 0x477ff000;
const leastNormal = 0x38800000;
/** How far apart the values below the least normal one lie. */
const step = 2 ** -24;

/** Values rounded to the nearest half, those in the middle to the even one, as bits. */
export function toHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (float, index) => {
    const sign = (float >>> 16) & signBit;
    const magnitude = float & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | quietNan;
    if (magnitude >= overflow) return sign | infinity;
    if (magnitude < leastNormal) return sign | roundToEven(Math.abs(values[index]!) / step);
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - (leastNormal - 0x800000)) >>> 13);
  });
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The value of 16 bits. */
export function halfToNumber(bits: number): number {
  const sign = (bits & signBit) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * step : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The values of halves, exactly. */
export function fromHalf(bits: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(bits, halfToNumber);
}

/**
 * Whether a model in half precision holds this variable in it: kernels and matrices, 99 % of the values. Statistics of batch
 * norms and biases stay single: a variance may be smaller than a half can say, and they weigh nothing.
 */
export function isHalved(shape: readonly number[]): boolean {
  return shape.length >= 2;
}

/** Values of a variable in half precision. @throws UserError for a value that a half cannot hold */
export function halved(name: string, { shape, data }: Tensor): Uint16Array<ArrayBuffer> {
  const bits = toHalf(data);
  const outside = bits.findIndex((half, index) => (half & 0x7fff) === infinity && Number.isFinite(data[index]));
  if (outside >= 0) {
    throw new UserError(
      `Variable ${name} [${shape.join(', ')}] holds ${data[outside]}, which half precision cannot (65504 is its largest).`,
      'Export the model in single precision.',
    );
  }
  return bits;
}

/** The weights as they are after a way through half precision. @throws UserError as `halved` */
export function roundedToHalf(weights: Weights): Map<string, Tensor> {
  return new Map(
    [...weights].map(([name, tensor]) => [
      name,
      isHalved(tensor.shape) ? { shape: tensor.shape, data: fromHalf(halved(name, tensor)) } : tensor,
    ]),
  );
}
