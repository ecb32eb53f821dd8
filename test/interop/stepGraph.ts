// The graph of a training step of all of SqueezeNet, for Python's tf.gradients to be held against its gradients.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTrainingEngine } from '../../src/engine/trainingEngine';
import { describe } from '../../src/network/describe';
import { encodeSavedModel } from '../../src/network/graphdef/schema';
import { valueOf } from '../../src/network/recording/recordingBackend';
import { networkByName } from '../../src/network/registry';
import { softmaxHead } from '../../src/train/heads/softmax';
import { fed, feedOf, setGroup, StepNumbers, terms, writeStepGraph } from '../../src/train/step/stepGraph';
import { type TrainerOptions, trainerVariables } from '../../src/train/step/stepTrainer';
import { regenerableWeights } from '../fixtures/regenerableWeights';

const images = 4;
const classes = 3;
const imageSize = 160;

/** Leaves nothing where no TensorFlow is installed: graphs are written for its addon alone. */
export async function writeStepForPython(folder: string): Promise<void> {
  if (process.env.FACENET_ENGINE === undefined) return;
  const { tf } = await openTrainingEngine('cpu');
  const network = networkByName('squeezenet', { embeddingSize: 32 });
  const head = softmaxHead(
    { prelogitsNormLossFactor: 0.1, prelogitsNormP: 2, centerLossFactor: 0, centerLossAlfa: 0.9, labelSmoothing: 0.1 },
    { classes, embeddingSize: 32 },
  );
  const options: TrainerOptions = {
    ...{ network, head, cut: 0, imageSize, optimizer: 'ADAM', batchNorm: 'update', weightDecay: 0.01 },
    keepProbability: 0.8,
    weights: regenerableWeights(describe(network, { head: head.stages, imageSize }).variables),
  };
  const known = trainerVariables(options);
  const shape = [imageSize, imageSize, 3];
  const numbers = new StepNumbers(options, known);
  const graph = writeStepGraph(tf, options, known, numbers, shape, [{ start: 0, end: images }]);
  const loss = [head.mainMeasure, terms.regularization, terms.weightDecay];
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'saved_model.pb'), encodeSavedModel(graph.nodes, 'serve'));
  await writeFile(
    join(folder, 'step.json'),
    JSON.stringify({
      ...{ images, classes, imageSize, fed, set: setGroup('weights'), measures: graph.measures },
      loss: loss.map((name) => graph.measured.indexOf(name)),
      weights: graph.variables.weights.map((bundle) => ({ ...bundle, feed: feedOf(bundle.name) })),
      gradients: graph.variables.weights
        .filter(({ members }) => graph.gradients.has(members[0]!.name))
        .map(({ name, members }) => ({
          ...{ name, value: valueOf(name) },
          outputs: members.map((member) => graph.gradients.get(member.name)!),
        })),
    }),
  );
}
