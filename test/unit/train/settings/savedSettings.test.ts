// Runs and configurations that are saved already: no setting of theirs may be renamed, narrowed or forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runRecordSchema } from '../../../../src/protocol/run';
import { runConfigurationSchema } from '../../../../src/protocol/runConfiguration';

/** Every setting of version 0.1.0, none with its default. */
const saved = {
  dataDir: '/faces',
  pretrainedModel: 'starter',
  network: 'squeezenet',
  embeddingSize: 512,
  imageSize: 149,
  standardization: 'per_image',
  phases: [
    { name: 'classifier', trainableFrom: 'Logits', epochs: 0, learningRate: 0.1, batchNorm: 'update' },
    {
      name: 'last block',
      trainableFrom: 'Block8',
      epochs: 10,
      learningRate: [
        { epoch: 0, rate: 0.01 },
        { epoch: 8, rate: -1 },
      ],
      optimizer: 'MOM',
      batchNorm: 'everywhere',
    },
  ],
  optimizer: 'ADADELTA',
  batchSize: 32,
  epochSize: 1000,
  keepProbability: 0.8,
  weightDecay: 5e-4,
  prelogitsNormLossFactor: 5e-4,
  prelogitsNormP: 2,
  centerLossFactor: 0.01,
  centerLossAlfa: 0.9,
  randomFlip: true,
  randomCrop: true,
  randomRotate: true,
  cropsPerImage: 8,
  validationSplitRatio: 0.05,
  minTrainImagesPerClass: 2.5,
  filterFilename: '/filter.h5',
  filterPercentile: 75,
  filterMinImagesPerClass: 3,
  validateEveryEpochs: 2,
  seed: 1,
  lfw: {
    dir: '/lfw',
    pairs: '/pairs.txt',
    folds: 5,
    distanceMetric: 1,
    useFlippedImages: true,
    subtractMean: true,
    batchSize: 50,
    everyEpochs: 4,
  },
  keepCheckpoints: 1,
  learningRateDecayEpochs: 10,
  learningRateDecayFactor: 0.94,
  learningRateScheduleFile: 'data/schedule.txt',
  movingAverageDecay: 0.9999,
  logHistograms: true,
  prelogitsHistMax: 20,
  logsBaseDir: '/logs',
  modelsBaseDir: '/models',
  engine: 'cpu',
};

/** What a record holds of the settings that were saved; later versions add others. */
const asSaved = (read: Record<string, unknown>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(read).filter(([name]) => name in saved)));

test('a run of version 0.1.0 has its settings, in their order', () => {
  const record = runRecordSchema.parse({
    version: 1,
    id: '20260101-120000-faces',
    title: 'faces',
    state: 'stopped',
    createdAt: '2026-01-01T12:00:00.000Z',
    updatedAt: '2026-01-01T12:30:00.000Z',
    request: { kind: 'train', config: saved },
    config: saved,
  });
  assert.equal(asSaved(record.config!), JSON.stringify(saved));
  assert.ok(record.request.kind === 'train');
  assert.equal(asSaved(record.request.config), JSON.stringify(saved));
});

test('a configuration of version 0.1.0 has no setting that is a mistake now', () => {
  const { title, ...settings } = runConfigurationSchema.parse({ title: 'faces', ...saved });
  assert.equal(title, 'faces');
  assert.equal(asSaved(settings), JSON.stringify(saved));
});
