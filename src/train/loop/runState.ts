import type { WritableTensor } from '../../checkpoint/tensorInfo';
import { describe } from '../../network/describe';
import type { Tensor } from '../../network/tensor';
import type { BatchSource } from '../data/batchSource';
import { UserError } from '../../protocol/errors';
import { firstValue } from '../heads/head';
import { startingWeights } from '../plan/startingWeights';
import type { TrainingPlan } from '../plan/trainingPlan';
import type { StepTrainer } from '../step/stepTrainer';
import { averagedVariable, averagesOf } from '../step/variableAverages';
import type { ResumePoint } from './resumePoint';

const firstSpreadName = 'first_spread';

/** Where a run stands: its step, and every value that a checkpoint of it holds, as of the last save. */
export class RunState {
  /** Moving averages of variables, where they are kept. */
  readonly averages: Map<string, Float32Array>;
  /** Spread of the embedding at the run's first step, where the loss measures it. */
  firstSpread: number | undefined;
  /** Of the phase that is being trained. */
  batches: Pick<BatchSource, 'state'> | undefined;

  /**
   * @param weights of the network and the head
   * @param slots the optimizer's and what the batches need, of the checkpoint that the run goes on from
   */
  constructor(
    readonly weights: Map<string, Tensor>,
    public step = 0,
    private slots: ReadonlyMap<string, Float32Array> = new Map(),
  ) {
    this.averages = averagesOf(slots);
    this.firstSpread = slots.get(firstSpreadName)?.[0];
  }

  /** The slots that the run goes on from, once: later phases begin with fresh ones. */
  takeSlots(): ReadonlyMap<string, Float32Array> {
    const { slots } = this;
    this.slots = new Map();
    return slots;
  }

  /** Takes over what the trainer has learned; gives everything that belongs into a checkpoint. */
  async update(trainer: StepTrainer): Promise<Map<string, WritableTensor>> {
    for (const [name, value] of await trainer.weights()) this.weights.set(name, value);
    const optimizerState = await trainer.optimizerState();
    for (const [name, { data }] of averagesOf(optimizerState)) this.averages.set(name, data);
    return this.tensors(optimizerState);
  }

  /** Everything that belongs into a checkpoint. */
  tensors(optimizerState: ReadonlyMap<string, Tensor> = new Map()): Map<string, WritableTensor> {
    const ofBatches = this.batches?.state(this.step) ?? [];
    const tensors = new Map<string, WritableTensor>([...this.weights, ...optimizerState, ...ofBatches]);
    for (const [name, data] of this.averages) {
      tensors.set(name, { shape: this.weights.get(averagedVariable(name))!.shape, data });
    }
    if (this.firstSpread !== undefined)
      tensors.set(firstSpreadName, { shape: [], data: Float32Array.of(this.firstSpread) });
    tensors.set('global_step', { shape: [], data: BigInt64Array.of(BigInt(this.step)) });
    return tensors;
  }
}

/** How a run begins, with what there is to say of it. */
export interface Start {
  state: RunState;
  notes: string[];
  /** Variables by what happened to them; absent where nothing was restored. */
  counts?: Record<string, number>;
}

/** The state before the first step. @throws UserError when the model has almost nothing of the network */
export async function freshState({ network, head, set, model, config }: TrainingPlan): Promise<Start> {
  const { weights, plan, notes } = await startingWeights(network, head, set.labels, model, config.seed);
  for (const variable of head.ownVariables) weights.set(variable.name, firstValue(variable));
  return { state: new RunState(weights), notes, ...(plan !== undefined && { counts: plan.counts }) };
}

/** The state of a checkpoint. @throws UserError when it is one of other people or of another network */
export function resumedState(
  { network, head, set, config }: TrainingPlan,
  { record, saved }: ResumePoint & Required<Pick<ResumePoint, 'saved'>>,
): Start {
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
  for (const { name, shape } of [...describe(network, { head: head.stages }).variables, ...head.ownVariables]) {
    const tensor = saved.tensors.get(name);
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
  return {
    state: new RunState(weights, saved.step, slots),
    notes: [`Resuming at step ${saved.step} from ${saved.prefix}.`],
  };
}
