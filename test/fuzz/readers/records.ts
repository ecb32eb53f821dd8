import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readAlignmentRecord } from '../../../src/align/alignmentRecord';
import { locateModel } from '../../../src/checkpoint/locateModel';
import { openModel } from '../../../src/checkpoint/model';
import { writeCheckpoint } from '../../../src/checkpoint/writeCheckpoint';
import { digestOf, digestText, digestWords } from '../../../src/dataset/digestTable';
import { DemoFolder } from '../../../src/demo/demoFolder';
import { readComparedReport } from '../../../src/evaluate/readReport';
import { readClassification, readIdentification } from '../../../src/evaluate/readRunReport';
import { formatReport } from '../../../src/evaluate/report';
import { demoRequestSchema } from '../../../src/protocol/job';
import { runRecordSchema } from '../../../src/protocol/run';
import { parseThumbnailLine } from '../../../src/protocol/thumbnail';
import { trainConfigSchema } from '../../../src/protocol/trainConfig';
import { writeReportPage } from '../../../src/recognize/reportFile';
import { claimRun, isOwned } from '../../../src/run/claim';
import { LogReader } from '../../../src/run/logReader';
import { parseEvents, readEvents } from '../../../src/run/metricsLog';
import { openRunFolder } from '../../../src/run/runFolder';
import { livenessOf } from '../../../src/run/liveness';
import { appendEvents, emptySeries } from '../../../src/series/runSeries';
import { seriesCsv } from '../../../src/series/seriesCsv';
import { thinned } from '../../../src/series/thinSteps';
import { startingPlan } from '../../../src/train/plan/startingPlan';
import { earlierRates } from '../../../src/train/plan/earlierRates';
import { readConfiguration } from '../../../src/train/settings/configurationFile';
import { phasesOfFlags } from '../../../src/train/settings/phasesOfFlags';
import { ActivationStore } from '../../../src/train/data/activationStore';
import { lfwReport } from '../../fixtures/webview/lfwReports';
import { damageJson } from '../damageText';
import type { ForeignReader } from '../foreignReader';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const phases = [
  { name: 'classifier', trainableFrom: 'Logits', epochs: 3, learningRate: 0.1 },
  {
    ...{ name: 'last block', trainableFrom: 'Block8', epochs: 5, optimizer: 'ADAM' },
    learningRate: [
      { epoch: 0, rate: 0.01 },
      { epoch: 4, rate: -1 },
    ],
  },
];
const config = { dataDir: 'aligned', network: 'inception_resnet_v1', phases, seed: 7 };
/** Contents of three images, [3, 4]. */
const cached = Uint32Array.from(['x', 'y', 'z'].flatMap((content) => [...digestOf(content)]));
const time = '2026-11-28T10:00:00.000Z';

const model = { path: 'm-20', name: 'm', step: 20 };
const classification = {
  ...{ version: 1, createdAt: time, model, classifier: 'c.json', imagesDir: 'faces', threshold: 0.4, notes: [] },
  ...{ people: ['Ann', 'Bob'], strangers: ['Cy'] },
  images: [0, 1, 2].map((person) => ({ file: `${person}/1.png`, person, label: person % 2, probability: 0.7 })),
};
const found = { hits: 9, of: 10, rate: 0.9, interval: [0.6, 0.98] };
const identification = {
  ...{ version: 1, createdAt: time, model, notes: [], rank1: found },
  recipe: { alignment: 'box', imageSize: 160, standardization: 'fixed' },
  gallery: { dir: 'gallery', people: 2, images: 4 },
  probes: { dir: 'probes', enrolled: 10, unknown: 0 },
  verification: [
    { target: 0.1, insufficient: false, claimable: 0.3, at: { threshold: 0.5, falseAlarms: found, found } },
  ],
  identification: [{ target: 0.1, insufficient: true, claimable: 1 }],
};

const runRecord = runRecordSchema.parse({
  ...{ version: 1, id: '20261128-100000-faces', title: 'faces', state: 'done', createdAt: time, updatedAt: time },
  request: { kind: 'train', config: trainConfigSchema.parse(config) },
  worker: { pid: 1, startTime: 'boot/1', hostname: 'here', node: '20' },
  engines: { training: 'wasm', forward: 'onnx' },
  config: trainConfigSchema.parse(config),
  ...{ network: 'inception_resnet_v1', embeddingSize: 512, labels: ['Ann', 'Bob'] },
  recipe: { alignment: 'box', imageSize: 160, standardization: 'fixed' },
  dataset: { root: 'aligned', people: 2, images: 20, fingerprint: 'f' },
  checkpoint: { step: 20, prefix: 'm-20' },
  result: {
    phaseSeconds: { classifier: 12, 'last block': 30 },
    stepSeconds: { classifier: 11, 'last block': 28 },
  },
});

const events = [
  { type: 'state', time: 1, state: 'running' },
  { type: 'progress', time: 2, activity: 'Aligning', done: 1, total: 9, unit: 'images', perSecond: 3, etaSeconds: 3 },
  { type: 'phase', time: 3, step: 0, name: 'classifier', trainableFrom: 'Logits', epochs: 3, boundary: 'start' },
  ...[1, 2, 3].map((step) => ({
    ...{ type: 'step', time: 3 + step, step, epoch: 1, phase: 'classifier', loss: 1 / step, crossEntropy: 0.5 },
    ...{ regularization: 0.1, accuracy: null, learningRate: 0.1, imagesPerSecond: 80, measures: { center: 0.2 } },
  })),
  { type: 'validation', time: 8, step: 3, epoch: 1, loss: 1, crossEntropy: 1, accuracy: 0.5 },
  {
    ...{ type: 'lfw', time: 9, step: 3, accuracy: 0.9, accuracyStd: 0.01, validationRate: 0.5, far: 0.001, auc: 0.95 },
    report: 'evaluations/step-3.json',
  },
  { type: 'checkpoint', time: 10, step: 3, prefix: 'm-3', best: true },
];

const alignment = {
  ...{ version: 1, detector: 'mtcnn', alignment: 'box', imageSize: 182, margin: 44, detectMultipleFaces: false },
  ...{ upright: true, source: 'photos', createdAt: time },
};

/** A log as a window reads it that comes late: its last words, then all of it. */
async function followed(path: string): Promise<void> {
  for (const from of ['end', 'beginning'] as const) {
    const reader = new LogReader(path, from, { appended: () => undefined, restarted: () => undefined });
    await reader.readOn();
    reader.dispose();
  }
}

/** A reader of one text file of its folder. */
function recordReader(
  name: string,
  file: string,
  content: readonly Buffer[],
  read: (path: string, folder: string) => Promise<unknown>,
  tells: ForeignReader['tells'] = 'file',
): ForeignReader {
  return {
    ...{ name, tells, damage: damageJson },
    files: async () => content,
    async open(folder) {
      const path = join(folder, file);
      await mkdir(dirname(path), { recursive: true });
      return {
        async read(bytes) {
          writeFileSync(path, bytes);
          return read(path, folder);
        },
      };
    },
  };
}

export const recordReaders: readonly ForeignReader[] = [
  recordReader(
    'LFW report',
    'run/evaluations/report.json',
    [json(lfwReport({ seed: 1, pairs: 40, spread: 0.5, step: 3, skipped: 2 }))],
    async (path, folder) => {
      const { report } = await readComparedReport(path);
      // Which folder its images are in is the report's to say; what it says of them must not lead out of it.
      const here = { ...report, imagesDir: folder };
      await writeReportPage(join(folder, 'page.html'), here, { baseline: report });
      return formatReport(report);
    },
  ),
  recordReader('classification', 'run/evaluations/classification.json', [json(classification)], readClassification),
  recordReader('identification', 'run/evaluations/identification.json', [json(identification)], readIdentification),
  recordReader('run.json', 'run/run.json', [json(runRecord)], async (_, folder) => {
    const { record, path } = await openRunFolder(join(folder, 'run'));
    return [await livenessOf(record, path), await earlierRates([{ folder: path, record }], 'here')];
  }),
  {
    ...{ name: 'run.json beside a model', tells: 'never', damage: damageJson, files: async () => [json(runRecord)] },
    async open(folder) {
      await writeCheckpoint(join(folder, 'm'), new Map([['v', { shape: [1], data: Float32Array.of(1) }]]));
      return {
        async read(bytes) {
          writeFileSync(join(folder, 'run.json'), bytes);
          const model = await openModel(join(folder, 'm.index'));
          return [model.recipe, await startingPlan(model, [], ['Ann', 'Bob'])];
        },
      };
    },
  },
  {
    ...{ name: 'run.json that names its models', tells: 'file', damage: damageJson, lenient: true },
    // That of its models is the user's to say.
    namesAnyPath: true,
    files: async () => [json({ ...runRecord, directories: { logs: 'logs', models: 'the models' } })],
    async open(folder) {
      const models = join(folder, 'models');
      await writeCheckpoint(join(models, 'm'), new Map([['v', { shape: [1], data: Float32Array.of(1) }]]));
      return {
        async read(bytes) {
          const text = bytes.toString('latin1').replace('"the models"', JSON.stringify(models));
          await mkdir(join(folder, 'run'), { recursive: true });
          writeFileSync(join(folder, 'run', 'run.json'), text, 'latin1');
          return locateModel(join(folder, 'run'));
        },
      };
    },
  },
  {
    ...recordReader(
      'claim of a run',
      'run/.claim-7',
      [json({ owner: { pid: process.pid, startTime: 'then', hostname: 'elsewhere' } }), json({})],
      async (path, folder) => {
        const run = join(folder, 'run');
        const isTaken = await isOwned(run);
        // One that lives is believed: that is no error of the file.
        if (!isTaken) await (await claimRun(run)).release();
        for (const name of await readdir(run)) if (join(run, name) !== path) await rm(join(run, name));
        return isTaken;
      },
      'never',
    ),
    // Of the processes that may own it.
    namesAnyPath: true,
  },
  recordReader(
    'metrics.jsonl',
    'metrics.jsonl',
    [Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'))],
    async (path) => {
      await followed(path);
      const series = appendEvents(emptySeries(), await readEvents(path));
      return [[...seriesCsv(series)], thinned(series)];
    },
    'never',
  ),
  recordReader(
    'run configuration',
    'a.facenet.json',
    [Buffer.from(`// people\n${JSON.stringify({ title: 'people', ...config }, undefined, 2)}\n`)],
    readConfiguration,
  ),
  recordReader('file of phases', 'phases.json', [json(phases), json({ phases })], async (path) =>
    phasesOfFlags({ phases: path }, {}, { network: undefined }),
  ),
  {
    ...recordReader('alignment record', 'alignment.json', [json(alignment)], async (_, folder) =>
      readAlignmentRecord(folder),
    ),
    // That of the photographs is the user's to say; it is only asked whether it is there.
    namesAnyPath: true,
  },
  recordReader(
    'demo record',
    'demo.json',
    [json({ version: 1, people: 24, photographs: 12, seed: 666 })],
    async (_, folder) =>
      new DemoFolder(folder).check(demoRequestSchema.parse({ kind: 'demo', outputDir: folder, people: 24 })),
  ),
  recordReader(
    'table of cached activations',
    'a.json',
    [
      json({
        version: 1,
        rowLength: 4,
        rows: [0, 1, 2].map((row) => `${digestText(cached, digestWords * row)}.plain`),
      }),
    ],
    async (path, folder) => {
      writeFileSync(path.replace(/json$/, 'f32'), Buffer.alloc(48));
      const store = await ActivationStore.open(folder, 4);
      const found = await store.find({ contents: cached, labels: ['plain'] });
      if (found.missing.length > 0) return found.missing;
      const out = new Float32Array(4 * 3);
      const reader = await found.reader(1 << 20);
      await reader.read([0, 1, 2], out);
      return out;
    },
    'never',
  ),
  recordReader(
    'message between processes',
    'message.json',
    [json(runRecord.request)],
    async (path) => {
      const text = await readFile(path, 'utf8');
      return [parseThumbnailLine(text), parseEvents(text)];
    },
    'never',
  ),
];
