import type { ArgumentParser } from 'argparse';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readClassifier, writeClassifier } from '../../classify/classifierFile';
import { NumpyRandom } from '../../dataset/random';
import { Samples } from '../../dataset/samples';
import { splitForClassifier } from '../../dataset/classifierSplit';
import { type Dataset, imageCount, scanDataset } from '../../dataset/scan';
import { answer, toldName } from '../../identify/answers';
import { requireSameModel } from '../../identify/sameModel';
import { onePictureNotes, requireTwoPeople, trainClassifier } from '../../identify/trainClassifier';
import type { UnknownChoice } from '../../protocol/classifier';
import { chipOf } from '../../protocol/chip';
import { UserError } from '../../protocol/errors';
import { requireFree } from '../../files/requireFree';
import { openFaceModel } from '../../recognize/faceModel';
import { modelNotes } from '../../recognize/modelNotes';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';
import {
  addIneffectiveFlags,
  addRecipeFlags,
  askedRecipe,
  type IneffectiveFlag,
  ineffectiveNotes,
  modelHelp,
  progressOf,
  requireBetween,
} from '../modelFlags';

const ineffective: Readonly<Record<string, IneffectiveFlag>> = {
  test_data_dir: { type: 'str', why: 'the Python script does not use it either; name the folder as DATA_DIR' },
  batch_size: { type: 'int', usual: 90, why: 'it changes no result' },
};

interface Options extends CommandOptions {
  mode: 'TRAIN' | 'CLASSIFY';
  data_dir: string;
  model: string;
  classifier_filename: string;
  use_split_dataset: boolean;
  seed: number;
  min_nrof_images_per_class: number;
  nrof_train_images_per_class: number;
  unknown_far: number;
  unknown_threshold?: number;
  force: boolean;
}

function configure(parser: ArgumentParser): void {
  parser.add_argument('mode', { choices: ['TRAIN', 'CLASSIFY'], help: 'train a new classifier, or use one' });
  parser.add_argument('data_dir', { metavar: 'DATA_DIR', help: 'folder of aligned faces, one folder per person' });
  parser.add_argument('model', { metavar: 'MODEL', help: modelHelp });
  parser.add_argument('classifier_filename', { metavar: 'CLASSIFIER', help: 'file of the classifier (JSON)' });
  parser.add_argument('--use_split_dataset', {
    action: 'store_true',
    help: 'TRAIN takes some images of each person of DATA_DIR, CLASSIFY the others',
  });
  parser.add_argument('--min_nrof_images_per_class', {
    type: 'int',
    default: 20,
    help: 'with --use_split_dataset: people with fewer images are left out (default: 20)',
  });
  parser.add_argument('--nrof_train_images_per_class', {
    type: 'int',
    default: 10,
    help: 'with --use_split_dataset: images of each person to train on (default: 10)',
  });
  parser.add_argument('--seed', { type: 'int', default: 666, help: 'of the splits (default: 666)' });
  addRecipeFlags(parser);
  addIneffectiveFlags(parser, ineffective);
  const own = parser.add_argument_group({ title: 'what the reference does not have' });
  own.add_argument('--unknown_far', {
    type: 'float',
    default: 0.01,
    help: 'share of strangers that may be given a name: TRAIN chooses the threshold of unknown by it (default: 0.01)',
  });
  own.add_argument('--unknown_threshold', {
    type: 'float',
    help: 'CLASSIFY: probability up to which an answer is unknown; 0 always names somebody, as the reference does',
  });
  own.add_argument('--force', { action: 'store_true', help: 'TRAIN: replace CLASSIFIER where it exists' });
}

async function readDataset(options: Options): Promise<Dataset> {
  const dataset = await scanDataset(expandHome(options.data_dir));
  if (!options.use_split_dataset) return dataset;
  requireBetween('--seed', options.seed, 0, 2 ** 32 - 1);
  requireBetween('--nrof_train_images_per_class', options.nrof_train_images_per_class, 1, 2 ** 31);
  const random = new NumpyRandom(options.seed);
  const { min_nrof_images_per_class: least, nrof_train_images_per_class: training } = options;
  const { train, test } = splitForClassifier(dataset, least, training, random);
  if (train.people.length === 0) {
    throw new UserError(
      `Nobody in ${dataset.root} has ${least} images.`,
      'Lower --min_nrof_images_per_class, or leave out --use_split_dataset.',
    );
  }
  return options.mode === 'TRAIN' ? train : test;
}

/** What the threshold was chosen on and what it is worth. */
function unknownLine({ threshold, far, farTarget, images, people }: UnknownChoice): string {
  const limit = far === 0 ? ` (at most ${((100 * 3) / images).toPrecision(2)} % with 95 % confidence)` : '';
  return (
    `Unknown up to ${threshold.toFixed(3)}: ${(100 * far).toFixed(2)} %${limit} of ${images} images of ${people} people ` +
    `were given another's name while they were held out; asked for: ${(100 * farTarget).toPrecision(3)} % at most.`
  );
}

async function run(given: CommandOptions, { output, signal }: CommandContext): Promise<number> {
  const options = given as Options;
  requireBetween('--unknown_far', options.unknown_far, 0, 1);
  for (const note of ineffectiveNotes(ineffective, options)) output.problem(note);
  const path = expandHome(options.classifier_filename);
  const training = options.mode === 'TRAIN';
  if (training) await requireFree(path, options.force, 'people.json');
  const classifier = training ? undefined : await readClassifier(path);
  const dataset = await readDataset(options);
  if (training) requireTwoPeople(dataset);
  output.line(`Number of classes: ${dataset.people.length}`);
  output.line(`Number of images: ${imageCount(dataset)}`);
  output.line('Loading feature extraction model');
  const chip = classifier && chipOf(classifier.recipe);
  const faces = await openFaceModel(options.model, { ...askedRecipe(options), chip });
  try {
    if (classifier !== undefined) requireSameModel(`The classifier ${path}`, classifier, faces);
    for (const note of await modelNotes(faces, dataset.root)) output.problem(`Warning: ${note}`);
    output.line('Calculating features for images');
    const embedding = progressOf(output, 'Embedding', 'images');
    if (classifier === undefined) {
      for (const note of onePictureNotes(dataset)) output.problem(`Warning: ${note}`);
      let solving: ReturnType<typeof progressOf> | undefined;
      const trained = await trainClassifier(faces, dataset, {
        far: options.unknown_far,
        seed: options.seed,
        isPart: options.use_split_dataset,
        signal,
        onProgress(what, done, total) {
          if (what === 'images') return embedding(done, total);
          if (solving === undefined) output.line('Training classifier');
          (solving ??= progressOf(output, 'Training', 'pairs of people'))(done, total);
        },
      });
      await mkdir(dirname(path), { recursive: true });
      await requireFree(path, options.force, 'people.json');
      await writeClassifier(path, trained);
      output.line(
        trained.unknown === undefined
          ? 'With two people there is nobody to choose a threshold of unknown on: everyone is given one of the two names.'
          : unknownLine(trained.unknown),
      );
      output.line(`Saved classifier model to file "${path}"`);
      return 0;
    }
    const samples = new Samples(dataset.people);
    const embeddings = await faces.embedFiles(samples.paths, { signal, onProgress: embedding });
    output.line('Testing classifier');
    output.line(`Loaded classifier model from file "${path}"`);
    const threshold = options.unknown_threshold ?? classifier.unknown?.threshold ?? 0;
    const answers = answer(classifier, embeddings, threshold);
    const shown = samples.labels();
    const labelOf = new Map(classifier.people.map(({ folder }, label) => [folder, label]));
    const own = Array.from(shown, (person) => labelOf.get(dataset.people[person]!.name));
    for (const [index, one] of answers.entries()) {
      const guess = one.unknown ? ` (nearest ${one.name})` : '';
      output.line(`${String(index).padStart(4)}  ${toldName(one)}: ${one.probability.toFixed(3)}${guess}`);
    }
    for (const line of summary(answers, own, threshold)) output.line(line);
    return 0;
  } finally {
    await faces.dispose();
  }
}

/** The reference's accuracy, whatever was said to be unknown, and what came of that. */
function summary(
  answers: readonly { label: number; unknown: boolean }[],
  own: readonly (number | undefined)[],
  threshold: number,
): string[] {
  const known = answers.filter((_, index) => own[index] !== undefined);
  const right = answers.filter(({ label }, index) => label === own[index]);
  const strangers = answers.filter((_, index) => own[index] === undefined);
  const lines: string[] = [];
  if (known.length > 0) lines.push(`Accuracy: ${(right.length / known.length).toFixed(3)}`);
  if (threshold > 0 && known.length > 0) {
    const silent = known.filter(({ unknown }) => unknown).length;
    const wrong = answers.filter(
      ({ label, unknown }, i) => own[i] !== undefined && !unknown && label !== own[i],
    ).length;
    lines.push(
      `Of ${known.length} images of known people ${known.length - silent - wrong} were given their name, ${wrong} another's, ` +
        `and ${silent} were unknown (up to ${threshold.toFixed(3)}).`,
    );
  }
  if (strangers.length > 0) {
    const silent = strangers.filter(({ unknown }) => unknown).length;
    lines.push(`Of ${strangers.length} images of people that the classifier does not know ${silent} were unknown.`);
  }
  return lines;
}

export const command: Command = {
  name: 'classifier',
  summary: 'Train a classifier of people on embeddings, or name the people of a folder with one.',
  configure,
  run,
};
