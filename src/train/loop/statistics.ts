// stat.h5: what the reference keeps of every step and epoch, under its names (spec §6.9).
import { readHdf5, writeHdf5, type Float32Dataset } from '../../files/hdf5';
import { prelogitsNorms } from '../step/losses';
import type { StepMeasure } from '../step/tailTrainer';
import type { ValidationMeasure } from '../step/validation';

const histogramBins = 1000;

/** How long a run is at most, which decides the shapes, and what the numbers need. */
export interface StatisticsOptions {
  epochs: number;
  stepsPerEpoch: number;
  validateEveryEpochs: number;
  prelogitsNormP: number;
  prelogitsHistMax: number;
}

const ofSteps = ['loss', 'center_loss', 'reg_loss', 'xent_loss', 'prelogits_norm', 'accuracy'] as const;
const ofValidations = ['val_loss', 'val_xent_loss', 'val_accuracy'] as const;
const ofEpochs = [
  'lfw_accuracy',
  'lfw_valrate',
  'learning_rate',
  'time_train',
  'time_validate',
  'time_evaluate',
] as const;

type Name = (typeof ofSteps)[number] | (typeof ofValidations)[number] | (typeof ofEpochs)[number] | 'prelogits_hist';

/** The numbers of a run so far; what has not been reached is 0. Epochs are the run's, from 1 on. */
export class Statistics {
  private readonly datasets: Record<Name, Float32Dataset>;
  private changed = false;

  constructor(
    readonly path: string,
    private readonly options: StatisticsOptions,
  ) {
    const { epochs, stepsPerEpoch, validateEveryEpochs } = options;
    const zeros = (...shape: number[]): Float32Dataset => ({
      shape,
      data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
    });
    const named = (names: readonly Name[], length: number) => names.map((name) => [name, zeros(length)] as const);
    this.datasets = Object.fromEntries([
      ...named(ofSteps, epochs * stepsPerEpoch),
      ...named(ofValidations, Math.ceil(epochs / validateEveryEpochs)),
      ...named(ofEpochs, epochs),
      ['prelogits_hist', zeros(epochs, histogramBins)],
    ]) as Record<Name, Float32Dataset>;
  }

  /**
   * Takes over what an earlier part of the run has written, up to the step that it goes on from.
   * @throws UserError when the file is there and is damaged
   */
  async restore(step: number): Promise<void> {
    const { stepsPerEpoch, validateEveryEpochs } = this.options;
    const before = await readHdf5(this.path, Object.keys(this.datasets));
    const epochs = Math.ceil(step / stepsPerEpoch);
    const lengths: [readonly Name[], number][] = [
      [ofSteps, step],
      [ofValidations, Math.ceil(epochs / validateEveryEpochs)],
      [ofEpochs, epochs],
      [['prelogits_hist'], epochs * histogramBins],
    ];
    for (const [names, length] of lengths) {
      for (const name of names) {
        const { data } = this.datasets[name];
        const old = before.get(name)?.values;
        if (old?.length === data.length) data.set(Float32Array.from(old as ArrayLike<number>).subarray(0, length));
      }
    }
  }

  private set(name: Name, index: number, value: number): void {
    const { data } = this.datasets[name];
    if (index < data.length) data[index] = value;
    this.changed = true;
  }

  /** @param epoch that the step belongs to */
  addStep(measure: StepMeasure, epoch: number): void {
    const { prelogits, step } = measure;
    const index = step - 1;
    this.set('loss', index, measure.loss);
    this.set('center_loss', index, measure.centerLoss);
    this.set('reg_loss', index, measure.regularization);
    this.set('xent_loss', index, measure.crossEntropy);
    this.set('accuracy', index, measure.accuracy);
    this.set('learning_rate', epoch - 1, measure.learningRate);
    const { prelogitsNormP, prelogitsHistMax } = this.options;
    this.set('prelogits_norm', index, prelogitsNorms(prelogits.data, prelogits.rows, prelogitsNormP) / prelogits.rows);
    const counts = this.datasets.prelogits_hist.data.subarray((epoch - 1) * histogramBins, epoch * histogramBins);
    const { data } = prelogits;
    const scale = histogramBins / prelogitsHistMax;
    for (let i = 0; i < data.length; i++) {
      const place = Math.abs(data[i]!) * scale;
      const bin = place < histogramBins ? Math.trunc(place) : histogramBins - 1;
      counts[bin] = counts[bin]! + 1;
    }
  }

  /** @param seconds that the validation took */
  addValidation(epoch: number, { loss, crossEntropy, accuracy }: ValidationMeasure, seconds: number): void {
    const slot = Math.floor((epoch - 1) / this.options.validateEveryEpochs);
    this.set('val_loss', slot, loss);
    this.set('val_xent_loss', slot, crossEntropy);
    this.set('val_accuracy', slot, accuracy);
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
    this.changed = false;
    await writeHdf5(this.path, this.datasets);
  }
}
