import { totalmem } from 'node:os';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openModel, type Model } from '../../checkpoint/model';
import { fingerprint } from '../../dataset/fingerprint';
import { imageCount } from '../../dataset/scan';
import { workbenchVersion } from '../../engine/installation';
import { estimateMemory, wasmMemory } from '../plan/memory';
import { onnxForward, tensorflowForward } from '../../engine/forwardEngine';
import { openTrainingEngine, type TrainingEngine } from '../../engine/trainingEngine';
import { describe } from '../../network/describe';
import { metaGraph } from '../../network/graphdef/exportGraph';
import type { Network } from '../../network/network';
import type { Tensor } from '../../network/tensor';
import { UserError, describeError, throwIfStopped } from '../../protocol/errors';
import type { TrainRequest } from '../../protocol/job';
import type { JobContext } from '../../protocol/jobContext';
import type { Recipe } from '../../protocol/recipe';
import type { TrainConfig } from '../../protocol/trainConfig';
import { alignmentMismatches, recipeDifferences } from '../../input/alignmentCheck';
import { foldMismatches, readLfwPairs } from '../../recognize/validateOnPairs';
import { writeFileAtomic } from '../../files/atomicFile';
import { openSummaryLog } from '../../files/tensorboard';
import { Checkpoints } from './checkpoints';
import { chooseNetwork, chooseRecipe } from '../plan/chosenNetwork';
import { CurrentNetwork } from '../data/currentNetwork';
import { FrozenActivations } from '../data/frozenActivations';
import { LfwTracker } from './lfwTracker';
import { planPhases, sizeOfEpoch, type PlannedPhase } from '../plan/phases';
import { openResumePoint, type ResumePoint } from './resumePoint';
import { runDirectories, writeRunDescription } from './runDirectories';
import { startingWeights } from '../plan/startingWeights';
import { Statistics } from './statistics';
import { centersName } from '../step/tailTrainer';
import { modelVariables, TrainingRun } from './trainingRun';
import { anyLarger, openTrainingSet, type TrainingSet } from '../data/trainingSet';
import { planVariants } from '../data/variants';

type Say = (message: string, level?: 'info' | 'warning') => void;

/**
 * Fine-tunes (or trains) a network: dataset → labels → first weights → phases → checkpoints, with an LFW evaluation
 * before and after each phase (spec §6, §6.11; plan §2 and §3). With `resume` the run goes on from its last checkpoint
 * and, on an engine that computes the same every time, ends as if it had never been interrupted: which images a step
 * sees, their variants and the dropped values depend on the seed and the step's number alone.
 * @throws UserError for what the user can mend, StoppedError once everything is saved after a stop
 */
export async function runTraining(request: TrainRequest, context: JobContext): Promise<void> {
  const { config } = request;
  const say: Say = (message, level = 'info') => context.report({ type: 'log', level, message });
  const resume = request.resume === undefined ? undefined : await openResumePoint(request.resume);
  for (const note of resume?.notes ?? []) say(note, 'warning');

  const set = await openTrainingSet(config);
  for (const note of set.notes) say(note, 'warning');
  const model = config.pretrainedModel === undefined ? undefined : await openModel(config.pretrainedModel);
  const network = chooseNetwork(config, model);
  const recipe = chooseRecipe(config, model, network);
  const pairs = config.lfw === undefined ? undefined : await readLfwPairs(config.lfw);
  const notes = await recipeNotes(config, model, recipe);
  if (pairs !== undefined) notes.push(...foldMismatches(pairs, config.lfw!.folds));
  for (const note of notes) say(note, 'warning');
  if (pairs !== undefined && pairs.skipped.length > 0) {
    say(
      `${pairs.skipped.length} LFW pairs are skipped, e.g. "${pairs.skipped[0]!.line}": ${pairs.skipped[0]!.reason}`,
      'warning',
    );
  }
  throwIfStopped(context.signal);

  const { batchSize, stepsPerEpoch } = sizeOfEpoch(config, set.training.length);
  if (batchSize < config.batchSize)
    say(`There are only ${set.training.length} training images: batches have ${batchSize}.`);
  const plan = planPhases(network, config.phases, stepsPerEpoch);
  if (plan.length === 0)
    throw new UserError('No phase has any epochs.', 'Give at least one phase an epoch and a positive rate.');
  const base = Math.min(...plan.map(({ cut }) => cut));
  for (const phase of plan) tellPhase(phase, config, network, say);

  const engine = await openTrainingEngine(config.engine, context.signal);
  for (const note of engine.notes) say(note);
  const forward = engine.gpu ? tensorflowForward(engine.tf, engine.description) : onnxForward;
  say(`Training engine: ${engine.description}. Forward passes: ${forward.description}.`);
  checkMemory(engine, plan, network, config, set.labels.length, batchSize, recipe.imageSize);

  const start = await firstWeights(network, set, model, config, resume, say);
  const folders = resume?.record.directories ?? runDirectories(config, context.runFolder, context.runId);
  const { modelName } = runDirectories(config, context.runFolder, context.runId);
  await writeRunDescription(folders.logs, config, { workbench: workbenchVersion(), engine: engine.description });
  await mkdir(folders.models, { recursive: true });
  const fingerprintNow = await fingerprint(set.dataset);
  if (resume?.record.dataset !== undefined && resume.record.dataset.fingerprint !== fingerprintNow) {
    say('The images have changed since the run began; it goes on with what is there now.', 'warning');
  }
  const modelRecord = {
    version: 1,
    id: context.runId,
    network: network.name,
    embeddingSize: network.embeddingSize,
    recipe,
    labels: set.labels,
  };
  if (config.modelsBaseDir !== undefined) {
    await writeFileAtomic(join(folders.models, 'run.json'), `${JSON.stringify(modelRecord, undefined, 2)}\n`);
  }
  const { counts } = start;
  await context.update({
    config,
    network: networkName(network),
    embeddingSize: network.embeddingSize,
    recipe,
    labels: set.labels,
    dataset: {
      root: config.dataDir,
      people: set.dataset.people.length,
      images: imageCount(set.dataset),
      fingerprint: fingerprintNow,
    },
    directories: { logs: folders.logs, models: folders.models },
    engines: { training: engine.description, forward: forward.description },
    ...(counts === undefined ? {} : { result: { restorePlan: counts } }),
  });
  tellStart(set, folders, config, say);

  const cropMatters = config.randomCrop && (await anyLarger(set.training, recipe.imageSize, context.signal));
  if (config.randomCrop && !cropMatters) {
    say(`--random_crop has no effect: all images are ${recipe.imageSize} pixels or smaller.`, 'warning');
  }
  const activations = new FrozenActivations(forward, network, recipe, join(context.runFolder, 'cache'), base);
  const current = new CurrentNetwork(forward, network, recipe, activations, base);
  say('Building training graph');
  const meta = metaGraph(network, { classes: set.labels.length, imageSize: recipe.imageSize });
  const statistics = new Statistics(join(folders.logs, 'stat.h5'), {
    ...config,
    epochs: config.phases.reduce((sum, { epochs }) => sum + epochs, 0),
    stepsPerEpoch,
  });
  if (start.step > 0) {
    await statistics
      .restore(start.step)
      .catch((error: unknown) => say(`stat.h5 begins at step ${start.step}: ${describeError(error)}`, 'warning'));
  }
  const summaries = await openSummaryLog(folders.logs);
  if (start.step === 0) summaries.metaGraph(meta.bytes);
  try {
    const lfw =
      config.lfw === undefined || pairs === undefined
        ? undefined
        : new LfwTracker(config.lfw, pairs, current, context, { recipe, notes, logs: folders.logs }, summaries);
    const run = new TrainingRun(
      {
        config,
        network,
        recipe,
        set,
        plan,
        batchSize,
        variants: planVariants(config, cropMatters),
        engine,
        activations,
        current,
        checkpoints: await Checkpoints.open(folders.models, modelName, config.keepCheckpoints, meta.bytes),
        lfw,
        summaries,
        statistics,
        modelRecord,
        best: resume?.record.best,
      },
      context,
      start.weights,
      start.step,
      start.slots,
    );
    say('Running training');
    const seconds = await run.run();
    await context.update({
      result: { ...(counts === undefined ? {} : { restorePlan: counts }), phaseSeconds: seconds },
    });
  } finally {
    summaries.close();
  }
}

function networkName(network: Network) {
  return network.name as NonNullable<TrainConfig['network']>;
}

/** Everything about the images that does not fit the model. */
async function recipeNotes(config: TrainConfig, model: Model | undefined, recipe: Recipe): Promise<string[]> {
  const notes = model === undefined ? [] : recipeDifferences(model.recipe, recipe);
  notes.push(...(await alignmentMismatches(config.dataDir, recipe, { mayBeLarger: config.randomCrop })));
  if (config.lfw !== undefined && config.lfw.dir !== config.dataDir) {
    notes.push(...(await alignmentMismatches(config.lfw.dir, recipe)));
  }
  return notes;
}

function tellPhase(phase: PlannedPhase, config: TrainConfig, network: Network, say: Say): void {
  const { trainedFrom } = phase;
  const frozen =
    phase.cut < trainedFrom
      ? `the weights of ${trainedFrom} of ${network.stages.length} stages are frozen, their batch norms' statistics move`
      : phase.cut === 0
        ? 'nothing is frozen'
        : `${phase.cut} of ${network.stages.length} stages are frozen whole`;
  say(
    `Phase ${phase.name}: ${phase.epochs} epochs of ${phase.stepsPerEpoch} steps, trained from ${phase.trainableFrom} on (${frozen}).`,
  );
  const dropout = network.stages.findIndex(
    ({ name }) => name === (network.name === 'squeezenet' ? 'conv10' : 'AvgPool'),
  );
  if (config.keepProbability < 1 && phase.cut > dropout) {
    say(`--keep_probability has no effect in phase ${phase.name}: the layer that drops values is frozen.`);
  }
}

function checkMemory(
  engine: TrainingEngine,
  plan: readonly PlannedPhase[],
  network: Network,
  config: TrainConfig,
  classes: number,
  batchSize: number,
  imageSize: number,
): void {
  const available = engine.name === 'wasm' ? wasmMemory : engine.name === 'tfjs-node' ? totalmem() : Infinity;
  for (const phase of plan) {
    const needed = (size: number): number =>
      estimateMemory(network, {
        trainableFrom: network.stages[phase.cut]?.name ?? 'Logits',
        batchSize: size,
        optimizer: phase.optimizer ?? config.optimizer,
        classes,
        batchNorm: phase.batchNorm === 'frozen' ? 'frozen' : 'update',
        imageSize,
      }).total;
    if (needed(batchSize) <= available) continue;
    let fitting = batchSize;
    while (fitting > 0 && needed(fitting) > available) fitting--;
    const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
    throw new UserError(
      `Phase ${phase.name} with a batch of ${batchSize} needs about ${gigabytes(needed(batchSize))} GB, but ` +
        `${engine.description} has ${gigabytes(available)} GB.`,
      fitting > 0
        ? `Use a batch_size of ${fitting} or less, or train from a later stage on.`
        : 'Train from a later stage on, or install TensorFlow (facenet engine).',
    );
  }
}

interface Start {
  weights: Map<string, Tensor>;
  step: number;
  slots: ReadonlyMap<string, Float32Array>;
  counts?: Record<string, number>;
}

async function firstWeights(
  network: Network,
  set: TrainingSet,
  model: Model | undefined,
  config: TrainConfig,
  resume: ResumePoint | undefined,
  say: Say,
): Promise<Start> {
  const centers = {
    shape: [set.labels.length, network.embeddingSize],
    data: new Float32Array(set.labels.length * network.embeddingSize),
  };
  if (resume?.saved === undefined) {
    const { weights, plan, notes } = await startingWeights(network, set.labels, model, config.seed);
    for (const note of notes) say(note);
    if (config.centerLossFactor > 0) weights.set(centersName, centers);
    return { weights, step: 0, slots: new Map(), counts: plan?.counts };
  }
  const { saved, record } = resume;
  if (
    record.labels?.length !== set.labels.length ||
    record.labels.some((label, index) => label !== set.labels[index])
  ) {
    throw new UserError(
      `${config.dataDir} holds other people than when the run began, so it cannot go on.`,
      `Start a new run with --pretrained_model ${saved.prefix}; its classifier will be new.`,
    );
  }
  const weights = new Map<string, Tensor>();
  const names = modelVariables(network, set.labels.length);
  if (config.centerLossFactor > 0) names.push(centersName);
  const { variables } = describe(network, { classes: set.labels.length });
  const shapes = new Map(variables.map(({ name, shape }) => [name, shape]));
  for (const name of names) {
    const tensor = saved.tensors.get(name);
    const shape = shapes.get(name) ?? centers.shape;
    if (tensor?.shape.join() !== shape.join()) {
      throw new UserError(
        `The checkpoint ${saved.prefix} has no variable ${name} of shape [${shape.join(', ')}].`,
        'Start a new run.',
      );
    }
    weights.set(name, tensor);
  }
  const slots = new Map<string, Float32Array>();
  for (const [name, { data }] of saved.tensors) if (!weights.has(name)) slots.set(name, data);
  say(`Resuming at step ${saved.step} from ${saved.prefix}.`);
  return { weights, step: saved.step, slots };
}

function tellStart(set: TrainingSet, folders: { logs: string; models: string }, config: TrainConfig, say: Say): void {
  say(`Model directory: ${folders.models}`);
  say(`Log directory: ${folders.logs}`);
  if (config.pretrainedModel !== undefined) say(`Pre-trained model: ${config.pretrainedModel}`);
  if (config.lfw !== undefined) say(`LFW directory: ${config.lfw.dir}`);
  const people = (samples: TrainingSet['training']): number => new Set(samples.map(({ label }) => label)).size;
  say(`Number of classes in training set: ${set.labels.length}`);
  say(`Number of examples in training set: ${set.training.length}`);
  say(`Number of classes in validation set: ${people(set.validation)}`);
  say(`Number of examples in validation set: ${set.validation.length}`);
}
