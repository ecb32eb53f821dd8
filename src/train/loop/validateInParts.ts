import type { Samples } from '../../dataset/samples';
import type { Embedder, EmbedOptions } from '../../recognize/embedder';
import type { StepTrainer } from '../step/stepTrainer';
import type { HeadValidation } from '../step/validation';

/** Images whose prelogits are held at a time. */
const imagesOfPart = 4096;

/**
 * The trainer's validation on images of any number, as means over all of them.
 * @param embedder gives prelogits
 * @throws StoppedError once the signal is aborted
 */
export async function validateInParts(
  trainer: Pick<StepTrainer, 'validate'>,
  embedder: Pick<Embedder, 'dimension' | 'embedInParts'>,
  samples: Pick<Samples, 'length' | 'label' | 'paths'>,
  options: EmbedOptions,
): Promise<HeadValidation> {
  const { dimension } = embedder;
  const part = new Float32Array(dimension * Math.min(imagesOfPart, samples.length));
  const sums: Record<string, number> = {};
  let [loss, done, held] = [0, 0, 0];
  let taken: Int32Array | undefined;
  const measure = async (): Promise<void> => {
    const labels = Array.from({ length: held }, (_, index) => samples.label(done + index));
    const measured = await trainer.validate(part.subarray(0, dimension * held), labels);
    loss += measured.loss * held;
    if (measured.taken !== undefined) (taken ??= new Int32Array(samples.length)).set(measured.taken, done);
    for (const [name, value] of Object.entries(measured.values)) sums[name] = (sums[name] ?? 0) + value * held;
    [done, held] = [done + held, 0];
  };
  await embedder.embedInParts(
    samples.paths,
    async (rows, _start, count) => {
      for (let taken = 0; taken < count;) {
        const some = Math.min(count - taken, part.length / dimension - held);
        part.set(rows.subarray(taken * dimension, (taken + some) * dimension), held * dimension);
        [taken, held] = [taken + some, held + some];
        if (held * dimension === part.length) await measure();
      }
    },
    options,
  );
  if (held > 0) await measure();
  return {
    loss: loss / done,
    values: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / done])),
    ...(taken !== undefined && { taken }),
  };
}
