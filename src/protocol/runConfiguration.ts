// A run configuration: the file `*.facenet.json` that a training is started from, and its JSON schema for editors.
import { z } from 'zod';
import { lfwConfigSchema, phaseSchema, trainConfigSchema } from './trainConfig';

/** What such files are called. */
export const configurationSuffix = '.facenet.json';

/** A configuration as it is written: what is left out has its default; a misspelt name is a mistake, not ignored. */
export const runConfigurationSchema = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().min(1).optional(),
  ...trainConfigSchema.shape,
  phases: z.array(z.strictObject(phaseSchema.shape)).min(1),
  lfw: z.strictObject(lfwConfigSchema.shape).optional(),
});
export type RunConfiguration = z.infer<typeof runConfigurationSchema>;

const pathRule =
  'Relative paths begin at the folder that holds `.facenet` for a file in `.facenet/configurations`, else at the ' +
  "file's own folder; `~` is the home directory.";

type Texts<T> = Readonly<Record<keyof T & string, string>>;

const descriptions: Texts<RunConfiguration> = {
  $schema: 'Schema of this file; VS Code with FaceNet Workbench knows it by the name of the file.',
  title: 'Name of the run; default the name of the file.',
  dataDir: `Folder of aligned faces to train on, one folder per person. ${pathRule}`,
  pretrainedModel: `Model to start from: a folder, a checkpoint's prefix or file, or \`starter\`. Left out: training from scratch. ${pathRule}`,
  network: "Architecture; default the pretrained model's.",
  embeddingSize: "Values of an embedding; default the model's, from scratch 128.",
  imageSize: "Edge of the network's input in pixels; default the model's.",
  standardization:
    "How pixels become numbers: `fixed` is (x − 127.5) / 128, `per_image` zero mean and unit deviation, `dlib` the starter's. Default the model's.",
  phases: 'What is trained, one phase after the other.',
  optimizer: 'Update rule of phases that name none.',
  batchSize: 'Images of one step.',
  epochSize: 'Steps of one epoch; 0 is one pass over the training images.',
  keepProbability: 'Part of the values that dropout keeps; 1 drops none.',
  weightDecay: 'Factor of the L2 loss of the weights.',
  prelogitsNormLossFactor: 'Factor of the norm of the prelogits in the loss.',
  prelogitsNormP: 'Which norm of the prelogits.',
  centerLossFactor: 'Factor of the centre loss; 0 has none.',
  centerLossAlfa: 'How slowly centres move: 0 jumps, 1 stays.',
  randomFlip: 'Mirror half of the images.',
  randomCrop: 'Random crops of images that are larger than the input.',
  randomRotate: 'Rotate images by up to 10 degrees.',
  cropsPerImage: 'Random crops or rotations of each image whose frozen activations are kept.',
  validationSplitRatio: 'Part of the images of each person that is kept for validation.',
  minTrainImagesPerClass: 'People with fewer training images after the split are left out.',
  filterFilename: `HDF5 file of the images' distances to the centre of their person; the far ones are left out. ${pathRule}`,
  filterPercentile: 'Percentile of those distances above which images are left out.',
  filterMinImagesPerClass: 'People that the filter leaves fewer images are left out.',
  validateEveryEpochs: 'Epochs between validations.',
  seed: 'Seed of all randomness: the same seed gives the same run.',
  lfw: 'Validation on pairs before, between and after the phases; left out: none.',
  keepCheckpoints: 'How many of the last checkpoints are kept besides the best.',
  learningRateDecayEpochs: 'Epochs between decays of the learning rate.',
  learningRateDecayFactor: 'Factor of each decay; 1 keeps the rate.',
  learningRateScheduleFile:
    "Where the points of the last phase's rate were read from; told in arguments.txt, read no more.",
  movingAverageDecay:
    'Decay of the moving averages of the variables that checkpoints then hold; left out: none are kept.',
  logHistograms: 'TensorBoard histograms of variables and gradients.',
  prelogitsHistMax: 'Upper end of the histogram of prelogits in stat.h5.',
  logsBaseDir: `Folder for the logs; default the run's own. ${pathRule}`,
  modelsBaseDir: `Folder for the checkpoints; default the run's own. ${pathRule}`,
  engine: 'What trains: `auto` the fastest that loads, `gpu` or `cpu` TensorFlow, `wasm` the embedded engine.',
};

const phaseDescriptions: Texts<z.infer<typeof phaseSchema>> = {
  name: 'Name of the phase, for charts and logs.',
  trainableFrom:
    'First stage that is trained, everything before it is frozen whole: a stage such as `Block8`, or `Logits` (the classifier alone), `LastBlock`, `All`.',
  epochs: 'Epochs of this phase; 0 skips it.',
  learningRate:
    'One rate, or rates from an epoch of the phase on: `[{"epoch": 0, "rate": 0.05}, {"epoch": 60, "rate": 0.005}]`; a rate of −1 ends the phase.',
  optimizer: "Update rule of this phase; default the configuration's.",
  batchNorm:
    '`frozen` keeps the moving statistics of batch norms, `update` trains with the statistics of the batch and moves them, `everywhere` those of frozen layers too.',
};

const lfwDescriptions: Texts<z.infer<typeof lfwConfigSchema>> = {
  dir: `Folder of aligned faces to compare, one folder per person. ${pathRule}`,
  pairs: `File of pairs in the format of LFW's pairs.txt. ${pathRule}`,
  folds: 'Folds of the evaluation, as the pairs file has them.',
  distanceMetric: '0 squared Euclidean distance, 1 angle.',
  useFlippedImages: 'Add the embedding of the mirrored image.',
  subtractMean: "Subtract the mean of each fold's training pairs.",
  batchSize: 'Accepted; it changes no result.',
  everyEpochs: 'Also validate every so many epochs; 0: before, between and after the phases only.',
};

/** Values that an editor offers where the schema does not list them. */
const examples: Readonly<Record<string, readonly unknown[]>> = {
  pretrainedModel: ['starter'],
  trainableFrom: ['Logits', 'LastBlock', 'All'],
};

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  [keyword: string]: unknown;
}

function describeProperties(schema: JsonSchema | undefined, texts: Readonly<Record<string, string>>): void {
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    property.markdownDescription = texts[name];
    property.description = texts[name]?.replaceAll('`', '');
    if (examples[name] !== undefined) property.examples = examples[name];
  }
}

/** The JSON schema (draft 7, which VS Code understands best) of a run configuration, from the check that reads it. */
export function runConfigurationJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(runConfigurationSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
  describeProperties(schema, descriptions);
  describeProperties(schema.properties?.phases?.items, phaseDescriptions);
  describeProperties(schema.properties?.lfw, lfwDescriptions);
  return {
    ...schema,
    title: 'FaceNet run configuration',
    description: `Everything that decides a fine-tuning. ${pathRule.replaceAll('`', '')}`,
    allowComments: true,
    allowTrailingCommas: true,
  };
}
