import { getKernel, Mean, registerKernel, Sum, unregisterKernel, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { view, type WasmBackend } from './backend';

/** Adds up axis 1 of [outer, reduced, inner] in double precision and multiplies by `factor`. */
function reduceMiddle(
  from: Float32Array,
  to: Float32Array,
  outer: number,
  reduced: number,
  inner: number,
  factor: number,
): void {
  const sums = new Float64Array(inner);
  let next = 0;
  for (let o = 0; o < outer; o++) {
    sums.fill(0);
    for (let r = 0; r < reduced; r++) {
      for (let i = 0; i < inner; i++) sums[i] = sums[i]! + from[next++]!;
    }
    for (let i = 0; i < inner; i++) to[o * inner + i] = sums[i]! * factor;
  }
}

/** Adds up the rows of [outer, reduced] in double precision and multiplies by `factor`. */
function reduceRows(from: Float32Array, to: Float32Array, outer: number, reduced: number, factor: number): void {
  for (let o = 0, next = 0; o < outer; o++) {
    const end = next + reduced;
    // Four sums, because each addition would wait for the one before.
    let [a, b, c, d] = [0, 0, 0, 0];
    for (; next + 4 <= end; next += 4) {
      a += from[next]!;
      b += from[next + 1]!;
      c += from[next + 2]!;
      d += from[next + 3]!;
    }
    for (; next < end; next++) a += from[next]!;
    to[o] = (a + b + c + d) * factor;
  }
}

/** Rows of at least this many values are added up in double precision; the shipped kernel is precise enough below. */
const longRow = 4096;

/**
 * The shipped Sum and Mean first move the reduced axes to the end, which costs more than the sum. Where the axes lie side
 * by side and others follow (all of a batch norm's and bias's sums, the average pool), this adds rows in place. And they
 * add in single precision one by one, which loses the fourth digit over the two million weights of a convolution: long
 * rows are added up in double precision.
 */
export function registerReductions(): void {
  for (const name of [Sum, Mean]) {
    const shipped = getKernel(name, 'wasm');
    unregisterKernel(name, 'wasm');
    registerKernel({
      ...shipped,
      kernelFunc: (params) => {
        const { x } = params.inputs as { x: TensorInfo };
        const { axis, keepDims } = params.attrs as unknown as { axis: number | number[]; keepDims: boolean };
        const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
        const first = axes[0] ?? 0;
        const last = axes.at(-1) ?? 0;
        const adjacent = axes.length > 0 && last - first + 1 === axes.length;
        const reduced = util.sizeFromShape(x.shape.slice(first, last + 1));
        const inner = util.sizeFromShape(x.shape.slice(last + 1));
        const toTheEnd = last === x.shape.length - 1;
        if (!adjacent || x.dtype !== 'float32' || (toTheEnd && reduced < longRow)) return shipped.kernelFunc(params);
        const backend = params.backend as WasmBackend;
        const reducedShape = x.shape.flatMap((size, index) => (!axes.includes(index) ? [size] : keepDims ? [1] : []));
        const outer = util.sizeFromShape(x.shape.slice(0, first));
        const factor = name === Mean ? 1 / reduced : 1;
        const out = backend.makeOutput(reducedShape, 'float32');
        if (toTheEnd) reduceRows(view(backend, x), view(backend, out), outer, reduced, factor);
        else reduceMiddle(view(backend, x), view(backend, out), outer, reduced, inner, factor);
        return out;
      },
    });
  }
}
