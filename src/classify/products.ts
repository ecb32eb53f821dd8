// Scalar products of rows, the whole of a linear kernel.

/** Rows of equal length, row-major. */
export interface Rows {
  readonly data: Float64Array;
  readonly dimension: number;
}

/** Number of rows. */
export function rowCount({ data, dimension }: Rows): number {
  return data.length / dimension;
}

/** The rows `indices`, one after another. */
export function pickRows({ data, dimension }: Rows, indices: ArrayLike<number>): Rows {
  const picked = new Float64Array(indices.length * dimension);
  for (let place = 0; place < indices.length; place++) {
    const start = indices[place]! * dimension;
    picked.set(data.subarray(start, start + dimension), place * dimension);
  }
  return { data: picked, dimension };
}

/** Scalar product of each row of `a` with each of `b`, [rows of a, rows of b] row-major. */
export function products(a: Rows, b: Rows): Float64Array {
  const { dimension } = a;
  const n = rowCount(a);
  const m = rowCount(b);
  const result = new Float64Array(n * m);
  const [evenN, evenM] = [n - (n % 2), m - (m % 2)];
  for (let i = 0; i < evenN; i += 2) {
    for (let j = 0; j < evenM; j += 2)
      fourProducts(a.data, i * dimension, b.data, j * dimension, dimension, result, i * m + j, m);
  }
  for (let i = 0; i < n; i++) for (let j = i < evenN ? evenM : 0; j < m; j++) result[i * m + j] = product(a, i, b, j);
  return result;
}

/** Two rows against two, so that each number that is read from memory is used twice; sums are those of `product`. */
function fourProducts(
  a: Float64Array,
  p: number,
  b: Float64Array,
  r: number,
  dimension: number,
  result: Float64Array,
  place: number,
  stride: number,
): void {
  const q = p + dimension;
  const s = r + dimension;
  let pr = 0;
  let ps = 0;
  let qr = 0;
  let qs = 0;
  for (let d = 0; d < dimension; d++) {
    const x = a[p + d]!;
    const y = a[q + d]!;
    const u = b[r + d]!;
    const v = b[s + d]!;
    pr += x * u;
    ps += x * v;
    qr += y * u;
    qs += y * v;
  }
  result[place] = pr;
  result[place + 1] = ps;
  result[place + stride] = qr;
  result[place + stride + 1] = qs;
}

function product(a: Rows, i: number, b: Rows, j: number): number {
  const { dimension } = a;
  const p = i * dimension;
  const r = j * dimension;
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += a.data[p + d]! * b.data[r + d]!;
  return sum;
}
