// How long a training will take, before it starts: samples of each part × seconds per sample at its multiply-adds.
import { describe } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Stage } from '../../network/ops';
import type { LfwConfig } from '../../protocol/trainConfig';
import type { PlannedPhase } from './phases';
import type { TrainingDevice } from './trainingDevice';

/** A part of a network and how many samples of it were computed in a second. */
export interface Rate {
  /** Multiply-adds of the part for one sample, forward. */
  multiplyAdds: number;
  perSecond: number;
}

/**
 * Training steps of Inception-ResNet-v1 at 160×160 with ADAM, on two cores of an AMD EPYC: the classifier of 10, 100 and
 * 1,241 people, from Block8 on, the whole network (`npm run bench -- steps-wasm steps-tensorflow`). The table is in
 * docs/architecture.md.
 */
const trainingRates: Readonly<Record<'wasm' | 'cpu', readonly Rate[]>> = {
  wasm: [
    { multiplyAdds: 5_120, perSecond: 83_000 },
    { multiplyAdds: 51_200, perSecond: 44_000 },
    { multiplyAdds: 635_392, perSecond: 5_300 },
    { multiplyAdds: 15.3e6, perSecond: 280 },
    { multiplyAdds: 1_418e6, perSecond: 2.2 },
  ],
  cpu: [
    { multiplyAdds: 5_120, perSecond: 52_000 },
    { multiplyAdds: 51_200, perSecond: 45_000 },
    { multiplyAdds: 635_392, perSecond: 20_000 },
    { multiplyAdds: 15.3e6, perSecond: 1_380 },
    { multiplyAdds: 1_418e6, perSecond: 17.6 },
  ],
};

/** Of the rates above. The whole network with WebAssembly took fewer, but there the fixed part of a step is nothing. */
const documentedBatch = 90;

/** The same network forward with ONNX Runtime on the same machine, without decoding (`npm run bench -- align`). */
const forwardRate: Rate = { multiplyAdds: 1_418e6, perSecond: 75 };
/** Reading, decoding and preparing one image of 160×160. */
const decodingSeconds = 0.001;

/** A phase that was trained, in samples per second. */
export interface PhaseRate extends Rate {
  batchSize: number;
}

/** What was measured on the machine itself. */
export interface MeasuredRates {
  training: Partial<Record<TrainingDevice, readonly PhaseRate[]>>;
  /** From image files, decoding included. */
  forward: readonly Rate[];
  /** Runs that the rates come from. */
  runs: number;
}

export interface TimeEstimate {
  seconds: number;
  /** Frozen activations of the training images. */
  activations: number;
  /** Steps, by phase. */
  phases: { name: string; seconds: number }[];
  /** Validation on LFW and on the images that are kept for it. */
  evaluation: number;
  /**
   * `measured`: from `runs` runs of this machine. `documented`: from rates of another machine. `atMost`: there is no rate
   * of a graphics card, so that of a processor is taken.
   */
  basis: { kind: 'measured'; runs: number } | { kind: 'documented' } | { kind: 'atMost' };
}

/** Seconds per sample at so many multiply-adds: a line between two measurements in logarithms, its nearest beyond them. */
export function secondsAt(rates: readonly Rate[], multiplyAdds: number): number {
  const x = Math.log(Math.max(multiplyAdds, 1));
  const points = rates.map((rate) => ({ x: Math.log(rate.multiplyAdds), y: -Math.log(rate.perSecond) }));
  const [first, last] = [points[0]!, points.at(-1)!];
  // Below the smallest part a step's fixed cost remains; above the largest, time grows with the work.
  if (x <= first.x) return Math.exp(first.y);
  if (x >= last.x) return Math.exp(last.y + x - last.x);
  const next = points.findIndex((point) => point.x >= x);
  const [a, b] = [points[next - 1]!, points[next]!];
  return Math.exp(a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x));
}

/**
 * Seconds of a training step on the documented machine. Each step has a fixed part, which is what the smallest trained
 * part takes, and one that grows with its samples.
 */
export function documentedStep(device: TrainingDevice, multiplyAdds: number, batchSize: number): number {
  const rates = trainingRates[device === 'wasm' ? 'wasm' : 'cpu'];
  const fixed = documentedBatch / rates[0]!.perSecond;
  return fixed + batchSize * (secondsAt(rates, multiplyAdds) - fixed / documentedBatch);
}

/** The measurement of the part that is nearest in size. */
function nearest<T extends Rate>(measured: readonly T[] | undefined, multiplyAdds: number): T | undefined {
  const distance = (rate: T): number => Math.abs(Math.log(rate.multiplyAdds / Math.max(multiplyAdds, 1)));
  return [...(measured ?? [])].sort((a, b) => distance(a) - distance(b))[0];
}

/** The part of a network with the stages of a head that is trained with stages from `cut` on, per sample. */
export function trainedMultiplyAdds(network: Network, cut: number, head: readonly Stage[], imageSize: number): number {
  const { stages } = describe(network, { head, imageSize });
  return sum(stages.slice(cut).map(({ multiplyAdds }) => multiplyAdds));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export interface WorkToEstimate {
  network: Network;
  phases: readonly PlannedPhase[];
  /** Samples of one step. */
  batchSize: number;
  imageSize: number;
  /** Stages of the loss head. */
  head: readonly Stage[];
  trainingImages: number;
  /** Images that are embedded to choose triplets of them, taken to happen once an epoch; 0 where none are chosen. */
  roundImages: number;
  validationImages: number;
  /** Looks at each training image that are computed once (`variantCount`). */
  variants: number;
  validateEveryEpochs: number;
  /** Absent without validation on pairs. */
  lfw?: Pick<LfwConfig, 'useFlippedImages' | 'everyEpochs'>;
  /** Images of the LFW pairs; 0 without validation on them. */
  lfwImages: number;
}

/** About how long a training takes with an engine; without measurements of this machine, with documented rates. */
export function estimateTime(work: WorkToEstimate, device: TrainingDevice, measured?: MeasuredRates): TimeEstimate {
  const { network, phases: plan, batchSize, head, imageSize, trainingImages, lfw } = work;
  const { stages } = describe(network, { imageSize });
  const between = (from: number, to: number): number => sum(stages.slice(from, to).map((s) => s.multiplyAdds));

  const documentedForward = (multiplyAdds: number): number =>
    decodingSeconds + multiplyAdds / forwardRate.multiplyAdds / forwardRate.perSecond;
  const forward = (multiplyAdds: number): number => {
    const known = nearest(measured?.forward, multiplyAdds);
    const slowdown = known === undefined ? 1 : 1 / known.perSecond / documentedForward(known.multiplyAdds);
    return documentedForward(multiplyAdds) * slowdown;
  };
  const step = (multiplyAdds: number): number => {
    const known = nearest(measured?.training[device], multiplyAdds);
    const slowdown =
      known === undefined
        ? 1
        : known.batchSize / known.perSecond / documentedStep(device, known.multiplyAdds, known.batchSize);
    return documentedStep(device, multiplyAdds, batchSize) * slowdown;
  };

  const base = Math.min(network.stages.length, ...plan.map(({ cut }) => cut));
  const looks = trainingImages * work.variants;
  const later = [...new Set(plan.map(({ cut }) => cut))].filter((cut) => cut > base);
  const activations =
    looks * (sum(later.map((cut) => forward(between(base, cut)))) + (base > 0 ? forward(between(0, base)) : 0));
  const phases = plan.map((phase) => ({
    name: phase.name,
    seconds:
      phase.epochs *
      (phase.stepsPerEpoch * step(trainedMultiplyAdds(network, phase.cut, head, imageSize)) +
        work.roundImages * forward(between(phase.cut, stages.length))),
  }));
  const again = forward(between(base, stages.length));
  const looksAtPairs = work.lfwImages * (lfw?.useFlippedImages === true ? 2 : 1);
  const evaluation =
    looksAtPairs * (forward(between(0, base)) + lfwEvaluations(plan, lfw) * again) +
    work.validationImages * sum(plan.map(({ epochs }) => Math.ceil(epochs / work.validateEveryEpochs))) * again;
  const seconds = activations + sum(phases.map((phase) => phase.seconds)) + evaluation;
  return { seconds, activations, phases, evaluation, basis: basisOf(device, measured) };
}

/** Before the first phase, after each, and between epochs where that is asked for. */
function lfwEvaluations(plan: readonly PlannedPhase[], lfw: WorkToEstimate['lfw']): number {
  if (lfw === undefined) return 0;
  const inside = lfw.everyEpochs === 0 ? [] : plan.map(({ epochs }) => Math.floor((epochs - 1) / lfw.everyEpochs));
  return 1 + plan.length + sum(inside);
}

function basisOf(device: TrainingDevice, measured: MeasuredRates | undefined): TimeEstimate['basis'] {
  if (measured?.training[device] !== undefined) return { kind: 'measured', runs: measured.runs };
  return device === 'gpu' ? { kind: 'atMost' } : { kind: 'documented' };
}
