import {
  BatchMatMul,
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { reshaped, view, type WasmBackend } from './backend';

/** [rows, columns] → [columns, rows]. */
export function transposeMatrix(backend: WasmBackend, matrix: TensorInfo): TensorInfo {
  const [rows, columns] = matrix.shape as [number, number];
  const out = backend.makeOutput([columns, rows], 'float32');
  transposeRows(view(backend, matrix), view(backend, out), rows, columns);
  return out;
}

/** [rows, columns] → [columns, rows] from the beginning of `from`, in tiles that fit the cache. */
export function transposeRows(from: Float32Array, to: Float32Array, rows: number, columns: number): void {
  const tile = 32;
  for (let row0 = 0; row0 < rows; row0 += tile) {
    const rowEnd = Math.min(row0 + tile, rows);
    for (let column0 = 0; column0 < columns; column0 += tile) {
      const columnEnd = Math.min(column0 + tile, columns);
      for (let column = column0; column < columnEnd; column++) {
        for (let row = row0; row < rowEnd; row++) to[column * rows + row] = from[row * columns + column]!;
      }
    }
  }
}

let shippedProduct: KernelFunc | undefined;

/** a [m, k] · b [k, n] with the backend's fast product (XNNPACK). */
export function product(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  if (shippedProduct === undefined) throw new Error('the WebAssembly kernels are not registered');
  const inputs = { a: reshaped(a, [1, ...a.shape]), b: reshaped(b, [1, ...b.shape]) };
  const out = shippedProduct({ inputs, backend, attrs: { transposeA: false, transposeB: false } }) as TensorInfo;
  return reshaped(out, [a.shape[0]!, b.shape[1]!]);
}

/**
 * The shipped BatchMatMul is fast only without transposition; with it, it falls back to scalar loops. This one transposes
 * the operand first. Batches of more than one matrix with transposition keep the shipped way.
 */
export function registerMatrixProduct(): void {
  const shipped = getKernel(BatchMatMul, 'wasm');
  shippedProduct = shipped.kernelFunc;
  unregisterKernel(BatchMatMul, 'wasm');
  registerKernel({
    ...shipped,
    kernelFunc: (params) => {
      const { a, b } = params.inputs as { a: TensorInfo; b: TensorInfo };
      const { transposeA, transposeB } = params.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      const single = [a, b].every(({ shape }) => shape.slice(0, -2).every((size) => size === 1));
      if (!single || (!transposeA && !transposeB)) return shipped.kernelFunc(params);
      const backend = params.backend as WasmBackend;
      const matrixA = reshaped(a, a.shape.slice(-2));
      const matrixB = reshaped(b, b.shape.slice(-2));
      const left = transposeA ? transposeMatrix(backend, matrixA) : matrixA;
      const right = transposeB ? transposeMatrix(backend, matrixB) : matrixB;
      const out = product(backend, left, right);
      if (transposeA) backend.disposeData(left.dataId);
      if (transposeB) backend.disposeData(right.dataId);
      return reshaped(out, [...a.shape.slice(0, -2), ...out.shape]);
    },
  });
}

/** Σ over rows of a · b per kernel call, used by gradients that are computed in parts. */
export function addInto(backend: WasmBackend, sum: TensorInfo, part: TensorInfo): void {
  const to = view(backend, sum);
  const from = view(backend, part);
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + from[i]!;
}
