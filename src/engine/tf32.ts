// TF32: float32 with ten bits of its fraction in products, on NVIDIA GPUs from Ampere (compute capability 8.0) on.
import { UserError } from '../protocol/errors';
import { computeCapability } from './gpu';
import type { Computation } from './loadNative';
import type { TrainingEngine } from './trainingEngine';

const ampere = 8;

/**
 * Holds that an engine has TF32 where it is wanted.
 * @param capability of the GPU, e.g. 7.5; undefined where nobody knows it
 * @returns a note where the environment asks for TF32 and the training does not
 * @throws UserError where it is wanted and there is none
 */
export async function requireTf32(
  { precision }: Pick<Computation, 'precision'>,
  { gpu, description }: Pick<TrainingEngine, 'gpu' | 'description'>,
  capability: () => Promise<number | undefined> = computeCapability,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (precision !== 'tf32') {
    const asked = environment.NVIDIA_TF32_OVERRIDE;
    if (!gpu || asked === undefined || asked === '0') return undefined;
    return `NVIDIA_TF32_OVERRIDE=${asked} of the environment stands: products may be TF32, although the precision is ${precision}.`;
  }
  if (!gpu)
    throw new UserError(
      `The precision "tf32" is one of NVIDIA's GPUs, and ${description} has none.`,
      'Choose the precision "float32", or an engine on a GPU.',
    );
  const known = await capability();
  if (known === undefined || known >= ampere) return undefined;
  throw new UserError(
    `The precision "tf32" takes a GPU of compute capability 8.0, and this one has ${known.toFixed(1)}.`,
    'Choose the precision "float32".',
  );
}
