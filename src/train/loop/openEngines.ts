import { onnxForward, tensorflowForward, type ForwardEngine } from '../../engine/forwardEngine';
import { graphForward } from '../../engine/forwardGraph';
import { freeGpuMemory } from '../../engine/gpu';
import { withSmallerBatches } from '../../engine/smallerBatches';
import { requireTf32 } from '../../engine/tf32';
import { openTrainingEngine, type TrainingEngine } from '../../engine/trainingEngine';
import type { JobContext } from '../../protocol/jobContext';
import type { RunRecord } from '../../protocol/run';
import { availableMemory } from '../plan/memory';
import { deviceOf } from '../plan/trainingDevice';
import { imagesOfPass, memoryProblem, type TrainingPlan } from '../plan/trainingPlan';
import { stepKind } from '../step/openTrainer';

export interface Engines {
  engine: TrainingEngine;
  /** Computes the forward passes. */
  forward: ForwardEngine;
}

/**
 * Opens what computes a training, and sees that its steps fit into the memory that is free.
 * @param resumed the record of a run that goes on: that memory is scarce just now is said, and does not end it
 * @throws UserError for an engine that cannot be used, and for steps that do not fit
 */
export async function openEngines(
  plan: TrainingPlan,
  resumed: RunRecord | undefined,
  { report, signal }: Pick<JobContext, 'report' | 'signal'>,
): Promise<Engines> {
  const say = (message: string, level: 'info' | 'warning' = 'info'): void => report({ type: 'log', level, message });
  const { engine: preference } = plan.config;
  const gpu = preference === 'wasm' || preference === 'cpu' ? undefined : await freeGpuMemory();
  const { config, head } = plan;
  const engine = await openTrainingEngine(preference, signal, config);
  for (const note of engine.notes) say(note);
  const note = await requireTf32(config, engine);
  if (note !== undefined) say(note, 'warning');
  // That steps cannot be what they are to be is said before anything is made.
  const wants = { hasTriplets: head.triplets !== undefined, isShared: false, computation: config };
  const { asGraph, isChecked } = stepKind(engine, wants);
  const { description } = engine;
  // Such a graph has the weights for constants, and each round of triplets is embedded with others; nothing checks it.
  const onEngine = asGraph && !isChecked && !wants.hasTriplets ? graphForward : tensorflowForward;
  const forward = engine.gpu ? onEngine(engine.tf, description) : onnxForward;
  say(`Training engine: ${description}. Forward passes: ${forward.description}.`);
  const images = imagesOfPass(plan, resumed?.recovery?.microBatch);
  const available = availableMemory(deviceOf(engine), gpu);
  const problem = memoryProblem(plan, { available, engine: description, images });
  if (problem !== undefined && resumed === undefined) throw problem;
  if (problem !== undefined) say(`${problem.message} The run goes on with as much as it gets.`, 'warning');
  return { engine, forward: withSmallerBatches(forward, (message) => say(message, 'warning')) };
}
