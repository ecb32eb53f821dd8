// Twelve runs of different kinds as the workbench leaves them, written and not computed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const phases = [
  { name: 'classifier', trainableFrom: 'Logits', epochs: 30, learningRate: 0.1 },
  { name: 'last block', trainableFrom: 'LastBlock', epochs: 8, learningRate: 0.005 },
];
const pairs = { dir: 'others', pairs: 'pairs.txt', folds: 10 };

/** What a training has done to 600 pairs, as fractions. */
function verdict(kind, before, after, step) {
  const fixed = Math.max(0, Math.round(600 * (after - before))) + 10;
  const stillWrong = Math.round(600 * (1 - before)) - fixed;
  const broken = Math.max(0, Math.round(600 * (before - after)) + (after > before ? 10 : fixed));
  return {
    ...{ kind, step, baseline: 'starter', people: 'outsiders', before, after },
    interval: [after - before - 0.025, after - before + 0.025],
    pairs: { fixed, broken, stillWrong, right: 600 - fixed - broken - stillWrong },
  };
}

function training(title, settings, record) {
  const config = { dataDir: 'people', pretrainedModel: 'starter', phases, batchSize: 32, lfw: pairs, ...settings };
  return {
    title,
    request: { kind: 'train', config },
    config,
    engines: { training: 'WebAssembly, 2 threads' },
    ...record,
  };
}

/** A training that has been measured, with its best checkpoint. */
function measured(title, settings, [kind, before, after], step, record = {}) {
  return training(title, settings, {
    ...{
      state: 'done',
      verdict: verdict(kind, before, after, step),
      checkpoint: { step, prefix: `model.ckpt-${step}` },
    },
    best: { step, accuracy: after, validationRate: after - 0.16, checkpoint: `best/model.ckpt-${step}` },
    ...record,
  });
}

/** The process of a run whose machine was switched off. */
const gone = { pid: 4_194_303, startTime: 'before/1', hostname: hostname(), node: 'v20.0.0' };
const error = { message: 'people holds one person only.', action: 'A classifier needs at least two.' };

/** From the oldest to the newest. */
const runs = [
  { title: 'Demo', state: 'done', request: { kind: 'demo', outputDir: 'demo' } },
  {
    title: 'Align photographs',
    state: 'done',
    request: { kind: 'align', inputDir: 'photographs', outputDir: 'people' },
  },
  {
    ...{ title: 'Validate starter', state: 'done', request: { kind: 'validate', model: 'starter', lfw: pairs } },
    result: { accuracy: 0.907, validationRate: 0.61 },
  },
  measured('people', {}, ['unchanged', 0.907, 0.912], 300),
  training('people 2', {}, { state: 'failed', error }),
  measured('people 3', { batchSize: 90 }, ['better', 0.907, 0.947], 600),
  measured('people 4', { optimizer: 'MOM' }, ['worse', 0.907, 0.5], 60),
  measured('people 5', {}, ['better', 0.907, 0.938], 900),
  training('people 6', {}, { state: 'stopped', checkpoint: { step: 120, prefix: 'model.ckpt-120' } }),
  training('people 7', {}, { state: 'running', worker: gone, checkpoint: { step: 40, prefix: 'model.ckpt-40' } }),
  measured('people, triplets', { head: 'triplet' }, ['better', 0.907, 0.921], 2000),
  {
    ...{ title: 'Validate model.ckpt-600 on a very long name of a folder of pairs', state: 'done' },
    request: { kind: 'validate', model: 'model.ckpt-600', lfw: pairs },
    result: { accuracy: 0.944, validationRate: 0.77 },
  },
];

/** Steps and evaluations of a training: enough for its charts. */
function eventsOf({ verdict: result, checkpoint, config }, began) {
  const events = [];
  const last = checkpoint?.step ?? 0;
  const lfw = (step, accuracy) => ({
    ...{ type: 'lfw', time: began + 170 * step, step, accuracy, accuracyStd: 0.01, validationRate: accuracy - 0.16 },
    ...{ far: 0.001, auc: 0.98, eer: 1 - accuracy, report: `evaluations/lfw-${step}.json` },
  });
  if (result !== undefined) events.push(lfw(0, result.before));
  for (let step = 20; step <= last; step += 20) {
    const crossEntropy = config.head === 'triplet' ? null : 0.05 + 3 * Math.exp((-4 * step) / last);
    const loss = (crossEntropy ?? 0.2) + 0.06;
    const rest = { regularization: 0.06, learningRate: 0.1, imagesPerSecond: 190 };
    const of = { type: 'step', time: began + 170 * step, step, epoch: step / 20, phase: 'classifier' };
    events.push({ ...of, loss, crossEntropy, accuracy: crossEntropy === null ? null : 0.9, ...rest });
  }
  if (result !== undefined) events.push(lfw(result.step, result.after));
  return events;
}

/** Writes the twelve runs below `workspace`, an hour apart, the newest of an hour ago. */
export function writeTwelveRuns(workspace) {
  const now = Date.now();
  for (const [index, run] of runs.entries()) {
    const began = now - (runs.length - index) * 3_600_000;
    const createdAt = new Date(began).toISOString();
    const [day, time] = createdAt.slice(0, 19).split('T');
    const id = `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}-run-${index}`;
    const folder = join(workspace, '.facenet', 'runs', id);
    const finishedAt = new Date(began + 60_000 * (index + 1)).toISOString();
    const record = {
      version: 1,
      id,
      createdAt,
      updatedAt: finishedAt,
      ...(run.worker === undefined && { finishedAt }),
      ...run,
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'run.json'), JSON.stringify(record, undefined, 2));
    const lines = run.config === undefined ? [] : eventsOf(run, began);
    writeFileSync(join(folder, 'metrics.jsonl'), lines.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }
}
