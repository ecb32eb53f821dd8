import { z } from 'zod';
import { networkNameSchema, standardizationSchema } from './recipe';

export const optimizerSchema = z.enum(['ADAGRAD', 'ADADELTA', 'ADAM', 'RMSPROP', 'MOM']);
export type OptimizerName = z.infer<typeof optimizerSchema>;

/** `gpu`/`cpu`: TensorFlow's addon; `wasm`: the embedded default; `auto`: the fastest that loads. */
export const enginePreferenceSchema = z.enum(['auto', 'gpu', 'cpu', 'wasm']);
export type EnginePreference = z.infer<typeof enginePreferenceSchema>;

/** One part of a fine-tuning: what is trained, for how long and how fast. */
export const phaseSchema = z.object({
  name: z.string().min(1),
  /** First stage that is trained; every stage before it is frozen whole. `Logits` trains the classifier alone. */
  trainableFrom: z.string().min(1),
  /** Epochs of this phase; 0 skips it. */
  epochs: z.number().int().min(0),
  /** Constant rate, or points of the schedule file: rate from that epoch (1-based, within the phase) on; −1 stops. */
  learningRate: z.union([
    z.number().positive(),
    z.array(z.object({ epoch: z.number().int().min(0), rate: z.number() })).min(1),
  ]),
  optimizer: optimizerSchema.optional(),
  /**
   * `frozen`: moving statistics are used and kept. `update`: trained layers use the batch's statistics and move theirs.
   * `everywhere`: layers with frozen weights do so too, as in the reference; nothing of the network is then cached.
   */
  batchNorm: z.enum(['frozen', 'update', 'everywhere']).default('frozen'),
});
export type Phase = z.infer<typeof phaseSchema>;

export const lfwConfigSchema = z.object({
  dir: z.string(),
  pairs: z.string(),
  folds: z.number().int().min(2).default(10),
  /** 0 squared Euclidean, 1 angular (spec §7.5). */
  distanceMetric: z.union([z.literal(0), z.literal(1)]).default(0),
  useFlippedImages: z.boolean().default(false),
  subtractMean: z.boolean().default(false),
  batchSize: z.number().int().positive().default(100),
  /** Also evaluate every n epochs; 0 = only at step 0 and at the end of each phase. */
  everyEpochs: z.number().int().min(0).default(0),
});
export type LfwConfig = z.infer<typeof lfwConfigSchema>;

/** Everything that decides a fine-tuning run. Saved in run.json; the Fine-Tune wizard and the flags both produce it. */
export const trainConfigSchema = z.object({
  dataDir: z.string(),
  /** Any path of a model (directory, prefix, file), `starter`, or absent to train from scratch. */
  pretrainedModel: z.string().optional(),
  /** Absent: the pretrained model's own network. */
  network: networkNameSchema.optional(),
  embeddingSize: z.number().int().positive().optional(),
  imageSize: z.number().int().positive().optional(),
  standardization: standardizationSchema.optional(),
  phases: z.array(phaseSchema).min(1),
  optimizer: optimizerSchema.default('ADAM'),
  batchSize: z.number().int().positive().default(90),
  /** Batches per epoch; 0 = one pass over the training images. */
  epochSize: z.number().int().min(0).default(0),
  keepProbability: z.number().gt(0).max(1).default(1),
  weightDecay: z.number().min(0).default(0),
  prelogitsNormLossFactor: z.number().min(0).default(0),
  prelogitsNormP: z.number().positive().default(1),
  centerLossFactor: z.number().min(0).default(0),
  centerLossAlfa: z.number().min(0).max(1).default(0.95),
  randomFlip: z.boolean().default(false),
  randomCrop: z.boolean().default(false),
  randomRotate: z.boolean().default(false),
  /** How many random crops of each image the activation cache holds when randomCrop is on. */
  cropsPerImage: z.number().int().positive().default(4),
  validationSplitRatio: z.number().min(0).lt(1).default(0),
  /** People with fewer training images after the split are left out. */
  minTrainImagesPerClass: z.number().min(0).default(0),
  /** HDF5 file of the images' distances to their person's centre; the far ones are left out (spec §1.5). */
  filterFilename: z.string().optional(),
  filterPercentile: z.number().min(0).max(100).default(100),
  filterMinImagesPerClass: z.number().int().min(0).default(0),
  validateEveryEpochs: z.number().int().positive().default(5),
  seed: z.number().int().min(0).default(666),
  lfw: lfwConfigSchema.optional(),
  keepCheckpoints: z.number().int().positive().default(3),
  learningRateDecayEpochs: z.number().int().positive().default(100),
  learningRateDecayFactor: z.number().positive().default(1),
  /** Where the points of the last phase's rate were read from; told in arguments.txt, read no more. */
  learningRateScheduleFile: z.string().optional(),
  /** Decay of the moving averages of the variables that the checkpoints then hold; absent: none are kept. */
  movingAverageDecay: z.number().min(0).max(1).optional(),
  /** TensorBoard histograms of variables and gradients. */
  logHistograms: z.boolean().default(false),
  /** Upper end of the histogram of prelogits in stat.h5. */
  prelogitsHistMax: z.number().positive().default(10),
  logsBaseDir: z.string().optional(),
  modelsBaseDir: z.string().optional(),
  engine: enginePreferenceSchema.default('auto'),
});
export type TrainConfig = z.infer<typeof trainConfigSchema>;
