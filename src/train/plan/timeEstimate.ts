// How long a training will take, before it starts: samples of each part × seconds per sample at its multiply-adds.
import { describe, type StageDescription } from '../../network/describe';
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
    // The starter's last block: 3×3 convolutions of small pictures.
    { multiplyAdds: 1.22e6, perSecond: 1_000 },
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

/** Writing a checkpoint: what each costs, and each of its bytes (the variables of the network). */
const savingSeconds = 0.02;
const savingSecondsPerByte = 3e-9;
/** A pass over images costs this however few they are. */
const passSeconds = 0.05;

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

/** What a run does one after another: evaluations between phases, frozen activations before them, the phases. */
export interface ExpectedPart {
  kind: 'evaluation' | 'activations' | 'phase';
  seconds: number;
}

export interface TimeEstimate {
  seconds: number;
  /** The same in the order of the run; what happens between the epochs of a phase is part of it. */
  parts: ExpectedPart[];
  /** Frozen activations of the training images. */
  activations: number;
  /** Steps, by phase. */
  phases: { name: string; seconds: number }[];
  /** Validation on LFW and on the images that are kept for it, with the checkpoints that go with it. */
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

  const documentedForward = (multiplyAdds: number, decoding = decodingSeconds): number =>
    decoding + multiplyAdds / forwardRate.multiplyAdds / forwardRate.perSecond;
  /** Of one image; only what begins with the image decodes it. */
  const forward = (from: number, to: number): number => {
    const multiplyAdds = between(from, to);
    const known = nearest(measured?.forward, multiplyAdds);
    const slowdown = known === undefined ? 1 : 1 / known.perSecond / documentedForward(known.multiplyAdds);
    return documentedForward(multiplyAdds, from === 0 ? decodingSeconds : 0) * slowdown;
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
  const again = passSeconds + forward(base, stages.length) * work.validationImages;
  const saving = savingSeconds + savingSecondsPerByte * bytesOf(stages);
  const looksAtPairs = work.lfwImages * (lfw?.useFlippedImages === true ? 2 : 1);
  const onPairs = lfw === undefined ? 0 : passSeconds + looksAtPairs * forward(base, stages.length);
  const pairsFirst = lfw === undefined ? 0 : onPairs + looksAtPairs * forward(0, base);

  const looks = trainingImages * work.variants;
  /** Cuts whose activations are there: the images themselves from the beginning. */
  const made = new Set([0]);
  const phases = plan.map((phase) => {
    const steps = phase.stepsPerEpoch * step(trainedMultiplyAdds(network, phase.cut, head, imageSize));
    const round = work.roundImages * forward(phase.cut, stages.length);
    const validations = work.validationImages === 0 ? 0 : Math.ceil(phase.epochs / work.validateEveryEpochs);
    return {
      name: phase.name,
      activations: activationsBefore(phase.cut),
      seconds: phase.epochs * (steps + round),
      between: validations * (again + saving) + evaluationsInside(phase, lfw) * (onPairs + saving),
      after: lfw === undefined ? 0 : onPairs + saving,
    };
  });
  const parts: ExpectedPart[] = [
    { kind: 'evaluation', seconds: pairsFirst },
    ...phases.flatMap((phase): ExpectedPart[] => [
      { kind: 'activations', seconds: phase.activations },
      { kind: 'phase', seconds: phase.seconds + phase.between },
      { kind: 'evaluation', seconds: phase.after },
    ]),
  ];
  return {
    seconds: sum(parts.map((part) => part.seconds)),
    parts,
    activations: sum(phases.map((phase) => phase.activations)),
    phases: phases.map(({ name, seconds }) => ({ name, seconds })),
    evaluation: pairsFirst + sum(phases.map((phase) => phase.between + phase.after)),
    basis: basisOf(device, measured),
  };

  /** Activations before `cut` where they are not there yet: what is frozen in all phases once, what lies behind it for each. */
  function activationsBefore(cut: number): number {
    let seconds = 0;
    for (const [from, to] of [[0, base] as const, [base, cut] as const]) {
      if (!made.has(to)) seconds += looks * forward(from, to);
      made.add(to);
    }
    return seconds;
  }
}

function bytesOf(stages: readonly Pick<StageDescription, 'variables'>[]): number {
  return 4 * sum(stages.flatMap(({ variables }) => variables.map(({ shape }) => shape.reduce((a, b) => a * b, 1))));
}

/** Between the epochs of a phase, where that is asked for. */
function evaluationsInside({ epochs }: PlannedPhase, lfw: WorkToEstimate['lfw']): number {
  return lfw === undefined || lfw.everyEpochs === 0 ? 0 : Math.floor((epochs - 1) / lfw.everyEpochs);
}

function basisOf(device: TrainingDevice, measured: MeasuredRates | undefined): TimeEstimate['basis'] {
  if (measured?.training[device] !== undefined) return { kind: 'measured', runs: measured.runs };
  return device === 'gpu' ? { kind: 'atMost' } : { kind: 'documented' };
}
