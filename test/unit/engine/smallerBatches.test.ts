import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ForwardEngine } from '../../../src/engine/forwardEngine';
import { withSmallerBatches } from '../../../src/engine/smallerBatches';
import { UserError } from '../../../src/protocol/errors';

/** Sums and halves of rows [N, 2] of an engine that has room for `room` rows; `runs` are the rows of each run. */
function engineFor(room: number, failure = 'Failed to allocate memory for requested buffer of size 8') {
  const runs: number[] = [];
  const said: string[] = [];
  const engine: ForwardEngine = {
    ...{ description: 'ONNX', batchSize: 16 },
    async open() {
      return {
        async run(input, [rows = 0]) {
          runs.push(rows);
          if (rows > room) throw new Error(failure);
          const sums = Float32Array.from({ length: rows }, (_, row) => input[2 * row]! + input[2 * row + 1]!);
          return [
            { data: sums, shape: [rows] },
            { data: input.map((value) => value / 2), shape: [rows, 2] },
          ];
        },
        dispose: async () => undefined,
      };
    },
  };
  return { runs, said, engine: withSmallerBatches(engine, (message) => said.push(message)) };
}
const open = async (engine: ForwardEngine) => engine.open(...([] as unknown as Parameters<ForwardEngine['open']>));
const input = Float32Array.from({ length: 14 }, (_, i) => i);

test('half as many rows are taken where memory is exhausted, and no more after that; the results are the same', async () => {
  const whole = await (await open(engineFor(7).engine)).run(input, [7, 2]);
  const { engine, runs, said } = engineFor(3);
  const session = await open(engine);
  assert.deepEqual(await session.run(input, [7, 2]), whole);
  assert.deepEqual(runs.splice(0), [7, 4, 2, 2, 2, 1]);
  assert.deepEqual(await (await open(engine)).run(input, [7, 2]), whole);
  assert.deepEqual(runs, [2, 2, 2, 1]);
  assert.equal(said.length, 2);
  assert.match(
    said[0]!,
    /^ONNX had too little free memory for a forward pass over 7 images; it goes on with 4 at a time/,
  );
});

test('a row that does not fit alone is a sentence; another failure is left as it is', async () => {
  const none = await open(engineFor(0, 'std::bad_alloc').engine);
  await assert.rejects(
    none.run(input, [7, 2]),
    (error) => error instanceof UserError && error.message.includes('single image'),
  );
  const other = engineFor(3, 'no such input');
  await assert.rejects((await open(other.engine)).run(input, [7, 2]), /^Error: no such input$/);
  assert.deepEqual(other.runs, [7]);
});
