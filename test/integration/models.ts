// Checkpoints that tests make; real ones, of the smallest network.
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { describe as describeNetwork } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';

/** A real checkpoint of the smallest network, all zeros. */
export async function writeModel(prefix: string, classes: number): Promise<void> {
  const { variables } = describeNetwork(networkByName('squeezenet'), { classes });
  const tensors = variables.map(({ name, shape }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [name, { shape, data: new Float32Array(count) }] as const;
  });
  await writeCheckpoint(prefix, new Map(tensors));
}
