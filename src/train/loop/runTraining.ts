import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { indexFile, indexFolderOfRun, makeIndexHome } from '../../dataset/datasetIndex';
import { imageCount } from '../../dataset/scan';
import { workbenchVersion } from '../../engine/installation';
import { writeFileAtomic } from '../../files/atomicFile';
import { metaGraph } from '../../network/graphdef/exportGraph';
import { activities } from '../../protocol/activities';
import { DivergedError, throwIfStopped } from '../../protocol/errors';
import type { TrainRequest } from '../../protocol/job';
import type { JobContext } from '../../protocol/jobContext';
import type { RunRecord } from '../../protocol/run';
import type { TrainConfig } from '../../protocol/trainConfig';
import { FrozenActivations } from '../data/frozenActivations';
import { ImageContents } from '../data/imageContent';
import { anyLarger } from '../data/trainingSet';
import { planVariants } from '../data/variants';
import { endStep, type PlannedPhase } from '../plan/phases';
import { restoredRates } from '../plan/restoredRates';
import { deviceOfRun } from '../plan/trainingDevice';
import { planTraining, type TrainingPlan } from '../plan/trainingPlan';
import type { StepExchange } from '../step/exchange';
import { stepKind } from '../step/openTrainer';
import { cacheFolder, cacheHome } from '../data/cacheFolder';
import { checkAtEnd } from './checkAtEnd';
import { Checkpoints } from './checkpoints';
import { goBack, goBackOnce } from './divergence';
import { Evaluations } from './evaluations';
import { Judgement } from './judgement';
import { openEngines, type Engines } from './openEngines';
import { RankPace, type RankPlaces } from './rankPace';
import { openResumePoint } from './resumePoint';
import {
  claimRunDirectories,
  recordedRunDirectories,
  requireKept,
  writeRunDescription,
  type RunDirectories,
} from './runDirectories';
import { freshState, resumedState } from './runState';
import { Saver } from './saver';
import { openTrainingJournal } from './trainingJournal';
import { tellTimeLeft } from './tellTimeLeft';
import { beginTogether, requireSharable } from './together';
import { TrainingLoop } from './trainingLoop';

/** The ranks that make the steps of a training with this one, which owns the run. */
export interface Together {
  exchange: StepExchange;
  places: RankPlaces;
}

type Say = (message: string, level?: 'info' | 'warning') => void;

/**
 * Fine-tunes (or trains) a network: dataset → labels → first weights → phases → checkpoints, with an LFW evaluation
 * before and after each phase (spec §6, §6.11; plan §2 and §3). With `resume` the run goes on from its last checkpoint
 * and, on an engine that computes the same every time, ends as if it had never been interrupted: which images a step
 * sees, their variants and the dropped values depend on the seed and the step's number alone.
 * @param together with the other ranks, of which this one is the first and owns the run
 * @throws UserError for what the user can mend, StoppedError once everything is saved after a stop
 */
export async function runTraining(request: TrainRequest, context: JobContext, together?: Together): Promise<void> {
  const { resume, afterDivergence: step } = request;
  if (resume !== undefined && step !== undefined) await goBackOnce(context, step);
  let engines: Promise<Engines> | undefined;
  for (let next = request; ; next = { ...request, resume: context.runFolder }) {
    try {
      await trainOnce(next, context, together, (plan, resumed) => (engines ??= openEngines(plan, resumed, context)));
      return;
    } catch (error) {
      if (!(error instanceof DivergedError) || request.config.onDivergence === 'stop') throw error;
      // The other ranks have ended.
      if (together !== undefined) throw error;
      await goBack(context, error);
    }
  }
}

/** @throws DivergedError where a step was not finite, and as `runTraining` */
async function trainOnce(
  request: TrainRequest,
  context: JobContext,
  together: Together | undefined,
  open: (plan: TrainingPlan, resumed: RunRecord | undefined) => Promise<Engines>,
): Promise<void> {
  const { config } = request;
  const exchange = together?.exchange;
  const say: Say = (message, level = 'info') => context.report({ type: 'log', level, message });
  const print = (line: string): void => context.report({ type: 'log', level: 'info', message: line, script: true });
  const resume = request.resume === undefined ? undefined : await openResumePoint(request.resume);
  for (const note of resume?.notes ?? []) say(note, 'warning');
  if (resume?.saved !== undefined && resume.damaged.length > 0) {
    const { step, prefix } = resume.saved;
    await context.update({ checkpoint: { step, prefix } });
  }
  const index = indexFolderOfRun(context.runFolder, config.dataDir);
  await makeIndexHome(index);
  const onProgress = (done: number, total: number): void =>
    context.report({ type: 'progress', activity: activities.listing, done, total, unit: 'people' });
  const plan = await planTraining(config, { index, signal: context.signal, onProgress });
  for (const note of plan.set.indexNotes) say(note);
  if (exchange !== undefined) requireSharable(plan, exchange.ranks);
  for (const warning of plan.warnings) say(warning, 'warning');
  throwIfStopped(context.signal);
  const contents = new ImageContents({
    facts: index === undefined ? undefined : indexFile(index, config.dataDir, 'facts'),
    // Those of the dataset twice, as it changes, and those of an evaluation.
    capacity: 2 * imageCount(plan.set.dataset) + 100_000,
    onLook: () => context.beat?.('images'),
    say,
  });
  const first = plan.phases.find((phase) => endStep(phase) > (resume?.saved?.step ?? 0));
  // Millions of files are looked at while the engine is opened.
  const isAsked = first !== undefined && first.cut > 0;
  context.beat?.('images');
  const fingerprinting = contents.survey(plan.set, { isAsked, signal: context.signal });
  fingerprinting.catch(() => undefined);
  for (const remark of plan.remarks) say(remark);

  const { engine, forward } = await open(plan, resume?.record);
  const { state, notes, counts } =
    resume?.saved === undefined ? await freshState(plan) : resumedState(plan, { ...resume, saved: resume.saved });
  for (const note of notes) say(note);
  const recorded = resume?.record.directories;
  const folders =
    recorded === undefined
      ? await claimRunDirectories(config, context.runFolder, context.runId)
      : recordedRunDirectories(recorded, config, context.runFolder, context.runId);
  // Before it is recorded that the run has its folders.
  await prepareCache(config, context, recorded !== undefined);
  const fingerprintNow = await fingerprinting;
  const fingerprintBefore = resume?.record.dataset?.fingerprint ?? fingerprintNow;
  if (fingerprintBefore !== fingerprintNow)
    say('The images have changed since the run began; it goes on with what is there now.', 'warning');
  const restored = counts === undefined ? {} : { restorePlan: counts };
  const hasTriplets = plan.head.triplets !== undefined;
  const step = stepKind(engine, { hasTriplets, isShared: exchange !== undefined, computation: config });
  say(`Training step: ${step.description}.`);
  const engines = { training: engine.description, forward: forward.description, step: step.description };
  const modelRecord = await describeRun(plan, folders, fingerprintNow, context, {
    ...engines,
    result: counts === undefined ? undefined : restored,
  });
  tellStart(plan, folders, print);

  const { set, network, recipe, base } = plan;
  const cropMatters = config.randomCrop && (await anyLarger(set.training, recipe.imageSize, context.signal));
  if (config.randomCrop && !cropMatters) {
    say(`Random crops have no effect: all images are ${recipe.imageSize} pixels or smaller.`, 'warning');
  }
  const timed = await tellTimeLeft(context, plan, deviceOfRun(engine.description), state.step);
  print('Building training graph');
  const meta = metaGraph(network, { head: plan.head.stages, imageSize: recipe.imageSize });
  const journal = await openTrainingJournal(plan, folders.logs, state.step, timed);
  if (state.step === 0) journal.tell('graph', { bytes: meta.bytes });
  try {
    const { activationCacheGb: gigabytes } = config;
    const activations = new FrozenActivations({
      ...{ engine: forward, network, recipe, contents, base, say },
      cache: cacheFolder(config, context),
      ...(config.activationCachePerRank ? { perRank: true } : { processes: exchange?.ranks.size }),
      mostBytes: gigabytes === undefined ? undefined : gigabytes * 1e9,
    });
    const { models, modelName } = folders;
    const damaged = resume?.damaged;
    const checkpoints = await Checkpoints.open(models, modelName, config.keepCheckpoints, meta.bytes, damaged);
    const warn = (message: string): void => say(message, 'warning');
    const judgement = await Judgement.open(context.runFolder, set.labels, resume?.record, warn);
    const evaluations = new Evaluations({
      ...{ plan, state, forward, activations, checkpoints, judgement, journal, context: timed },
      ranks: exchange?.ranks,
    });
    const saver = new Saver(state, checkpoints, modelRecord, resume?.record.best, journal, context);
    const variants = planVariants(config, cropMatters);
    const rateFactors = await restoredRates(plan);
    const { recovery } = resume?.record ?? {};
    if (exchange !== undefined) {
      await exchange.ranks.meet(context.signal);
      await beginTogether(plan, state, exchange.ranks);
    }
    const parts = {
      ...{ exchange, recovery, plan, state, engine, forward, variants, rateFactors, contents, activations },
      ...{ evaluations, saver, journal, context: timed },
      pace: together && new RankPace(together.exchange, together.places, context),
      async onPlainSteps({ name }: PlannedPhase, reason: string) {
        say(`The steps of phase ${name} are made one operation after another: ${reason}.`, 'warning');
        await context.update({
          engines: { ...engines, step: `one operation after another in phase ${name} (${reason})` },
        });
      },
    };
    print('Running training');
    const seconds = await new TrainingLoop(parts).run();
    await context.update({ result: { ...restored, ...seconds } });
    await checkAtEnd({ plan, state, forward, best: saver.bestSoFar, journal, context: timed });
    await journal.flush();
  } finally {
    journal.close();
  }
}

/** Writes down what the run is: in its record, and beside its logs and models. Gives the record of its models. */
async function describeRun(
  { config, set, network, recipe }: TrainingPlan,
  folders: RunDirectories,
  datasetFingerprint: string,
  context: JobContext,
  {
    result,
    ...engines
  }: { training: string; forward: string; step: string; result: Record<string, unknown> | undefined },
): Promise<object> {
  const versions = { workbench: workbenchVersion(), engine: engines.training };
  await writeRunDescription(folders.logs, config, versions);
  await mkdir(folders.models, { recursive: true });
  const { embeddingSize } = network;
  const model = { embeddingSize, recipe, labels: set.labels };
  const modelRecord = { version: 1, id: context.runId, network: network.name, ...model };
  if (config.modelsBaseDir !== undefined) {
    await writeFileAtomic(join(folders.models, 'run.json'), `${JSON.stringify(modelRecord, undefined, 2)}\n`);
  }
  await context.update({
    config,
    network: network.name,
    ...model,
    dataset: {
      root: config.dataDir,
      people: set.dataset.people.length,
      images: imageCount(set.dataset),
      fingerprint: datasetFingerprint,
    },
    directories: { logs: folders.logs, models: folders.models },
    engines,
    ...(result !== undefined && { result }),
  });
  return modelRecord;
}

/** The lines with which the reference's scripts begin; the Run tab has the same in its summary. */
function tellStart({ config, set, head }: TrainingPlan, folders: RunDirectories, print: (line: string) => void): void {
  print(`Model directory: ${folders.models}`);
  print(`Log directory: ${folders.logs}`);
  if (config.pretrainedModel !== undefined) print(`Pre-trained model: ${config.pretrainedModel}`);
  if (config.lfw !== undefined) print(`LFW directory: ${config.lfw.dir}`);
  print(`Number of classes in training set: ${set.labels.length}`);
  print(`Number of examples in training set: ${set.training.length}`);
  if (head.triplets !== undefined) return;
  print(`Number of classes in validation set: ${set.validation.peopleWithImages}`);
  print(`Number of examples in validation set: ${set.validation.length}`);
}

/** Another place that is chosen for the activations is made when the run begins. */
async function prepareCache(
  config: Pick<TrainConfig, 'activationCacheDir'>,
  run: Pick<JobContext, 'runFolder' | 'runId'>,
  hasBegun: boolean,
): Promise<void> {
  if (config.activationCacheDir === undefined) return;
  const root = cacheHome(config, run);
  if (hasBegun) await requireKept('The activations', root);
  else await mkdir(root, { recursive: true });
}
