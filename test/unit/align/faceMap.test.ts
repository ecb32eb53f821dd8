import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOnnxSession } from '../../../src/engine/onnx';
import { faceMap } from '../../../src/align/mtcnn/faceMap';
import { pnet } from '../../../src/align/mtcnn/networks';
import { describeChain } from '../../../src/network/describe';
import { exportOnnx } from '../../../src/network/onnx/exportOnnx';

test('a level in strips gives the map of the whole level, at even and odd sizes', async () => {
  let seed = 1;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5;
  const { variables } = describeChain(pnet, [undefined, undefined, 3]);
  const weights = new Map(
    variables.map(({ name, shape }) => {
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random);
      return [name, { shape, data }];
    }),
  );
  const session = await openOnnxSession(exportOnnx(pnet, weights), { threads: 1, dynamicShapes: true });
  for (const [width, height] of [
    [20, 40],
    [33, 41],
    [12, 63],
  ] as const) {
    const input = Float32Array.from({ length: width * height * 3 }, random);
    const whole = await faceMap(session, input, width, height);
    assert.deepEqual([whole.width, whole.height], [Math.ceil((width - 2) / 2) - 4, Math.ceil((height - 2) / 2) - 4]);
    for (const rows of [1, 14, 17, 30]) {
      const strips = await faceMap(session, input, width, height, rows * width);
      assert.deepEqual([strips.width, strips.height], [whole.width, whole.height]);
      assert.ok(strips.data.length === whole.data.length);
      strips.data.forEach((value, i) => assert.ok(Math.abs(value - whole.data[i]!) < 1e-5));
    }
  }
  await session.dispose();
});
