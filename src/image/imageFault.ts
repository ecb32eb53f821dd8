import { UserError } from '../protocol/errors';
import type { ImageFault } from '../protocol/problem';

/** A file that cannot be used as an image, for a reason that a host can say in its own words. */
export class ImageError extends UserError {
  constructor(
    file: string,
    readonly fault: ImageFault,
    action: string,
    options?: ErrorOptions,
  ) {
    super(describeFault(file, fault), action, options);
  }
}

/** Whole MB (2²⁰ bytes), rounded up. */
const megabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);

/** What is wrong with a file, as one sentence. */
export function describeFault(file: string, fault: ImageFault): string {
  switch (fault.kind) {
    case 'unread':
      return `${file} cannot be read (${fault.reason}).`;
    case 'empty':
      return `${file} is empty.`;
    case 'damaged':
      return `${file} cannot be decoded (${fault.reason}).`;
    case 'many-pixels':
      return `${file} has ${fault.width}×${fault.height} pixels; of a file of its size at most ${fault.most} are read.`;
    case 'many-bytes':
      return `${file} has ${megabytes(fault.bytes)} MB; of an image at most ${megabytes(fault.most)} MB are read.`;
    case 'foreign': {
      const what = fault.type === undefined ? 'not an image' : `a ${fault.type.toUpperCase()} file`;
      return `${file} is ${what}${fault.namedAsImage ? ', whatever its name says' : ''}.`;
    }
  }
}
