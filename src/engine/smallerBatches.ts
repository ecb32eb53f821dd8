import { UserError } from '../protocol/errors';
import type { ForwardEngine } from './forwardEngine';
import type { ForwardResult, ForwardSession } from './onnx';
import { isOutOfMemory } from './outOfMemory';

/**
 * The same engine, which goes on with half as many rows at a time where it has no memory for more; each row's result
 * is its own, so that nothing else changes. From then on it takes no more at a time, in whatever it opens.
 * @param say told when that happens
 */
export function withSmallerBatches(engine: ForwardEngine, say: (message: string) => void): ForwardEngine {
  let largest = Infinity;
  const runInParts = async (
    session: ForwardSession,
    input: Float32Array,
    [rows = 1, ...shape]: readonly number[],
  ): Promise<ForwardResult[]> => {
    const length = input.length / rows;
    const parts: ForwardResult[][] = [];
    for (let start = 0; start < rows;) {
      const count = Math.min(largest, rows - start);
      try {
        parts.push(await session.run(input.subarray(start * length, (start + count) * length), [count, ...shape]));
        start += count;
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        if (count === 1) throw tooLittle(engine, error);
        largest = Math.ceil(count / 2);
        say(
          `${engine.description} had too little free memory for a forward pass over ${count} images; it goes on with ` +
            `${largest} at a time.`,
        );
      }
    }
    return parts.length === 1 ? parts[0]! : joined(parts);
  };
  return {
    description: engine.description,
    batchSize: engine.batchSize,
    async open(network, weights, part) {
      const session = await engine.open(network, weights, part);
      return {
        run: (input, shape) => runInParts(session, input, shape),
        dispose: () => session.dispose(),
      };
    },
  };
}

function tooLittle({ description }: ForwardEngine, cause: Error): UserError {
  return new UserError(
    `${description} has too little free memory for a forward pass over a single image.`,
    'End what else uses the memory.',
    { cause },
  );
}

/** Each output's rows one after another. */
function joined(parts: readonly ForwardResult[][]): ForwardResult[] {
  return parts[0]!.map(({ shape: [, ...shape] }, output) => {
    const some = parts.map((part) => part[output]!);
    const data = new Float32Array(some.reduce((sum, part) => sum + part.data.length, 0));
    let end = 0;
    for (const part of some) {
      data.set(part.data, end);
      end += part.data.length;
    }
    return { data, shape: [some.reduce((sum, part) => sum + part.shape[0]!, 0), ...shape] };
  });
}
