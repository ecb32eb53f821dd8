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

/**
 * The shipped Sum and Mean first move the reduced axes to the end, which costs more than the sum. Where the axes lie side
 * by side and others follow (all of a batch norm's and bias's sums, the average pool), this adds rows in place.
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
        if (!adjacent || last === x.shape.length - 1 || x.dtype !== 'float32') return shipped.kernelFunc(params);
        const backend = params.backend as WasmBackend;
        const reducedShape = x.shape.flatMap((size, index) => (!axes.includes(index) ? [size] : keepDims ? [1] : []));
        const reduced = util.sizeFromShape(x.shape.slice(first, last + 1));
        const inner = util.sizeFromShape(x.shape.slice(last + 1));
        const outer = util.sizeFromShape(x.shape.slice(0, first));
        const out = backend.makeOutput(reducedShape, 'float32');
        reduceMiddle(view(backend, x), view(backend, out), outer, reduced, inner, name === Mean ? 1 / reduced : 1);
        return out;
      },
    });
  }
}
