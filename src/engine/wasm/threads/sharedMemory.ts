import type { SharedTensor } from './messages';

const alignment = 16;

/** Memory that goes along with each call, kept between calls and made anew when it is too small. */
export class SharedMemory {
  private buffer = new SharedArrayBuffer(0);

  /** Room for tensors of these shapes; what was given out before is given out again. */
  tensors(shapes: readonly number[][]): SharedTensor[] {
    let end = 0;
    const places = shapes.map((shape) => {
      const offset = end;
      const bytes = Float32Array.BYTES_PER_ELEMENT * shape.reduce((product, size) => product * size, 1);
      end += Math.ceil(bytes / alignment) * alignment;
      return { shape, offset };
    });
    if (this.buffer.byteLength < end) this.buffer = new SharedArrayBuffer(end);
    return places.map((place) => ({ ...place, buffer: this.buffer }));
  }
}
