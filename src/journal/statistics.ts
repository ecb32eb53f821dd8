// stat.h5: what the reference keeps of every step and epoch, under its names (spec §6.9), and lfw_result.txt beside it.
import { dirname } from 'node:path';
import { lfwResultLine } from '../evaluate/lfwResult';
import { AppendedFile } from '../files/appendedFile';
import { patiently } from '../files/patience';
import { readHdf5, writeHdf5, type Float32Dataset } from '../files/hdf5';
import type { JournalWriter } from './journal';
import { valueOf, type Measure, type StepMeasure, type ValidationMeasure } from './measures';

const histogramBins = 1000;

/** How long a run is at most, which decides the shapes, and what the numbers need. */
export interface StatisticsOptions {
  epochs: number;
  stepsPerEpoch: number;
  validateEveryEpochs: number;
  prelogitsNormP: number;
  prelogitsHistMax: number;
  /** Of the loss head. */
  measures: readonly Measure[];
}

const ofEpochs = [
  'lfw_accuracy',
  'lfw_valrate',
  'learning_rate',
  'time_train',
  'time_validate',
  'time_evaluate',
] as const;

/** The numbers of a run so far; what has not been reached is 0. Epochs are the run's, from 1 on. */
export class Statistics {
  private readonly datasets: Readonly<Record<string, Float32Dataset>>;
  private readonly ofSteps: readonly string[];
  private readonly ofValidations: readonly string[];
  private changed = false;

  constructor(
    readonly path: string,
    private readonly options: StatisticsOptions,
  ) {
    const { epochs, stepsPerEpoch, validateEveryEpochs, measures } = options;
    const datasets = measures.flatMap(({ dataset, validationTag }) =>
      dataset === undefined ? [] : [{ dataset, validated: validationTag !== undefined }],
    );
    this.ofSteps = ['loss', ...datasets.map(({ dataset }) => dataset), 'prelogits_norm'];
    const validated = datasets.filter((one) => one.validated);
    this.ofValidations = ['loss', ...validated.map(({ dataset }) => dataset)].map((name) => `val_${name}`);
    const zeros = (...shape: number[]): Float32Dataset => ({
      shape,
      data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
    });
    const named = (names: readonly string[], length: number) => names.map((name) => [name, zeros(length)] as const);
    this.datasets = Object.fromEntries([
      ...named(this.ofSteps, epochs * stepsPerEpoch),
      ...named(this.ofValidations, Math.ceil(epochs / validateEveryEpochs)),
      ...named(ofEpochs, epochs),
      ['prelogits_hist', zeros(epochs, histogramBins)],
    ]);
  }

  /**
   * Takes over what an earlier part of the run has written, up to the step that it goes on from.
   * @throws UserError when the file is there and is damaged
   */
  async restore(step: number): Promise<void> {
    const { stepsPerEpoch, validateEveryEpochs } = this.options;
    const before = await readHdf5(this.path, Object.keys(this.datasets));
    const epochs = Math.ceil(step / stepsPerEpoch);
    const lengths: [readonly string[], number][] = [
      [this.ofSteps, step],
      [this.ofValidations, Math.ceil(epochs / validateEveryEpochs)],
      [ofEpochs, epochs],
      [['prelogits_hist'], epochs * histogramBins],
    ];
    for (const [names, length] of lengths) {
      for (const name of names) {
        const { data } = this.datasets[name]!;
        const old = before.get(name)?.values;
        if (old?.length === data.length) data.set(Float32Array.from(old as ArrayLike<number>).subarray(0, length));
      }
    }
  }

  private set(name: string, index: number, value: number): void {
    const { data } = this.datasets[name]!;
    if (index < data.length) data[index] = value;
    this.changed = true;
  }

  /** @param epoch that the step belongs to */
  addStep(measure: StepMeasure, epoch: number): void {
    const { prelogits, step } = measure;
    const index = step - 1;
    this.set('loss', index, measure.loss);
    for (const { name, dataset } of this.options.measures)
      if (dataset !== undefined) this.set(dataset, index, valueOf(measure, name));
    this.set('learning_rate', epoch - 1, measure.learningRate);
    const { prelogitsNormP, prelogitsHistMax } = this.options;
    this.set('prelogits_norm', index, meanNorm(prelogits, prelogitsNormP));
    const counts = this.datasets.prelogits_hist!.data.subarray((epoch - 1) * histogramBins, epoch * histogramBins);
    const { data } = prelogits;
    const scale = histogramBins / prelogitsHistMax;
    for (let i = 0; i < data.length; i++) {
      const place = Math.abs(data[i]!) * scale;
      const bin = place < histogramBins ? Math.trunc(place) : histogramBins - 1;
      counts[bin] = counts[bin]! + 1;
    }
  }

  /** @param seconds that the validation took */
  addValidation(epoch: number, { loss, values }: ValidationMeasure, seconds: number): void {
    const slot = Math.floor((epoch - 1) / this.options.validateEveryEpochs);
    this.set('val_loss', slot, loss);
    for (const { name, dataset, validationTag } of this.options.measures)
      if (dataset !== undefined && validationTag !== undefined) this.set(`val_${dataset}`, slot, values[name]!);
    this.set('time_validate', epoch - 1, seconds);
  }

  addLfw(epoch: number, accuracy: number, validationRate: number, seconds: number): void {
    this.set('lfw_accuracy', epoch - 1, accuracy);
    this.set('lfw_valrate', epoch - 1, validationRate);
    this.set('time_evaluate', epoch - 1, seconds);
  }

  addTraining(epoch: number, seconds: number): void {
    this.set('time_train', epoch - 1, seconds);
  }

  /** Writes the file aside and renames it, unless nothing has come since the last time. */
  async write(): Promise<void> {
    if (!this.changed) return;
    await writeHdf5(this.path, this.datasets);
    this.changed = false;
  }
}

/** Mean over the rows of ‖ |prelogits| + 1e-4 ‖_p (spec §5.3), which is told also where no loss is made of it. */
function meanNorm({ rows, data }: StepMeasure['prelogits'], p: number): number {
  const dimension = data.length / rows;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * dimension; i < (row + 1) * dimension; i++) {
      const u = Math.abs(data[i]!) + 1e-4;
      sum += p === 1 ? u : u ** p;
    }
    total += p === 1 ? sum : sum ** (1 / p);
  }
  return total / rows;
}

/**
 * Waits for a disk that is away.
 * @param lfwResults path of lfw_result.txt
 * @param signal aborted to wait for a moment only
 */
export function statisticsWriter(statistics: Statistics, lfwResults: string, signal?: AbortSignal): JournalWriter {
  const results = new AppendedFile(lfwResults, 'lines');
  return {
    steps({ steps }) {
      for (const step of steps) statistics.addStep(step, step.epoch);
    },
    epoch: ({ epoch, seconds }) => statistics.addTraining(epoch, seconds),
    validation: ({ epoch, seconds, ...measure }) => statistics.addValidation(epoch, measure, seconds),
    evaluation({ step, epoch, report: { accuracy, validation }, seconds }) {
      results.append(lfwResultLine(step, accuracy.mean, validation.rate));
      if (epoch !== undefined) statistics.addLfw(epoch, accuracy.mean, validation.rate, seconds);
    },
    flush: async () =>
      patiently(
        dirname(statistics.path),
        async () => {
          results.write();
          await statistics.write();
        },
        signal,
      ),
  };
}
