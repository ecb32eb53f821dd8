// The card of an exported model: what somebody who gets the file has to know of it, as Markdown.
import { recipeRows } from '../evaluate/recipeRows';
import { publishedModels } from '../download/publishedModels';
import type { Network } from '../network/network';
import type { ExportFormat } from '../protocol/exportFormat';
import type { Recipe } from '../protocol/recipe';
import type { RunRecord } from '../protocol/run';
import { shownName } from '../protocol/shownText';
import { formatNames, formatPurpose } from '../words/exportWords';
import { percent, percentSpread } from '../words/rates';
import { verdictLines } from '../words/verdictWords';
import type { HalfDifference } from './halfDifference';
import type { ModelFacts } from './modelFacts';
import type { ExportedOutput } from './writeModel';

export interface CardSubject {
  facts: ModelFacts;
  network: Network;
  /** Values of all variables. */
  parameters: number;
  format: ExportFormat;
  output: ExportedOutput;
  recipe: Recipe;
  files: readonly { name: string; bytes: number; sha256: string }[];
  /** Of a file in half precision. */
  half?: HalfDifference;
  writtenAt: Date;
  version: string;
}

/** A name of others within a line: what Markdown or HTML would make something of is shown as it is. */
const text = (name: string): string => shownName(name).replace(/[\\`*_{}[\]<>()#!|&~]/g, '\\$&');
const bullet = (line: string): string => `- ${line}`;

function table(rows: readonly (readonly [string, string])[]): string[] {
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
}

/** How pixels 0 … 255 become numbers, as a program has to compute it. */
const standardizations: Readonly<Record<Recipe['standardization'], string>> = {
  fixed: '(x − 127.5) / 128',
  per_image: '(x − mean) / max(std, 1/√n), both of the n values of the image',
  dlib: '(x − (122.782, 117.001, 104.298)) / 256 for red, green, blue',
};

/** How the file is fed and what comes out. */
function usage({ network, format, output, recipe }: CardSubject): string[] {
  const { imageSize } = recipe;
  const size = network.embeddingSize;
  const image = `float32 [N, ${imageSize}, ${imageSize}, ${network.inputChannels}]: RGB, height × width × channels`;
  const unit = 'each of length 1';
  const raw = 'not divided by its length; divide each row by it before two are compared';
  const result = output === 'embeddings' ? unit : raw;
  switch (format) {
    case 'onnx':
      return [`Input \`input\`, ${image}.`, `Output \`${output}\`, float32 [N, ${size}], ${result}. N is free.`];
    case 'tfjs':
      return [
        `\`const model = await tf.loadGraphModel('model.json')\`, then \`model.predict(images)\`.`,
        `Input \`input\`, ${image}.`,
        `Output \`${output}\`, float32 [N, ${size}], ${result}. N is free.`,
      ];
    case 'pb':
      return [`Feed \`input:0\`, ${image}.`, `Fetch \`${output}:0\`, float32 [N, ${size}], ${result}.`];
    case 'keras':
      return [
        `\`InceptionResNetV1(dimension=${size}).load_weights(path)\` of deepface; its result is the prelogits, ${raw}.`,
        `Its input is ${image}.`,
      ];
    case 'safetensors':
      return [
        'The variables under their names in the checkpoint, shapes as TensorFlow has them: kernels [height, width, in, out].',
        `The network is ${network.name}: ${image} to prelogits [N, ${size}], ${raw}.`,
      ];
  }
}

function training(run: RunRecord | undefined): string[] {
  if (run === undefined) return ['Nothing is recorded of its training.'];
  const { config, dataset, labels } = run;
  const lines: string[] = [];
  const people = dataset?.people ?? labels?.length;
  if (people !== undefined) {
    const images = dataset === undefined ? '' : `, ${dataset.images} images`;
    lines.push(bullet(`Data: ${people} people${images}. Who they are, and what they have agreed to, is yours to add.`));
  }
  if (config !== undefined) {
    const from =
      config.pretrainedModel === undefined ? 'from scratch' : `from ${text(nameOfPath(config.pretrainedModel))}`;
    lines.push(bullet(`Trained ${from}, loss head ${config.head}, seed ${config.seed}.`));
    for (const phase of config.phases.filter(({ epochs }) => epochs > 0)) {
      const rate = typeof phase.learningRate === 'number' ? `rate ${phase.learningRate}` : 'a schedule of rates';
      const what = `from ${text(phase.trainableFrom)} on, ${phase.epochs} epochs, ${rate}`;
      lines.push(bullet(`Phase ${text(phase.name)}: ${what}.`));
    }
  }
  return lines.length === 0 ? ['Nothing is recorded of its training.'] : lines;
}

/** The last part of a path, for a folder of somebody's is nobody else's business. */
function nameOfPath(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}

function figures({ facts: { report, threshold, run, model } }: CardSubject): string[] {
  const lines: string[] = [];
  if (report !== undefined) {
    const { accuracy, validation, pairs, auc, eer } = report;
    lines.push(
      bullet(
        `Accuracy ${percentSpread(accuracy.mean, accuracy.std)} on ${pairs.used} pairs, ${accuracy.perFold.length} folds.`,
      ),
      bullet(`Validation rate ${percent(validation.rate)} at a false accept rate of ${percent(validation.far)}.`),
      bullet(`AUC ${auc.toFixed(4)}${eer === undefined ? '' : `, equal error rate ${percent(eer)}`}.`),
    );
    if (threshold !== undefined) {
      const distance = report.recipe.distanceMetric === 0 ? 'squared Euclidean distance' : 'angle / π';
      lines.push(
        bullet(`Threshold ${threshold.toFixed(2)}: two faces below this ${distance} are taken for one person.`),
      );
    }
  }
  const { verdict } = run ?? {};
  if (verdict !== undefined && verdict.step === model.step)
    lines.push(...verdictLines(verdict).map((line) => bullet(text(line))));
  if (lines.length === 0) return ['Not measured. `facenet validate-on-lfw` measures a model on pairs of faces.'];
  return [
    ...lines,
    bullet('They hold for these pairs. Other people, cameras and lights give other figures: measure on your own.'),
  ];
}

/** Where the weights come from and under which licence. */
function origin({ facts: { model, run } }: CardSubject): string[] {
  const first = run?.config === undefined ? model.name : (run.config.pretrainedModel ?? 'scratch');
  const from = nameOfPath(first);
  const published = publishedModels.find(({ name }) => first.includes(name));
  if (model.kind === 'starter' || from === 'starter') {
    return [
      "The weights are, or began as, dlib's `dlib_face_recognition_resnet_model_v1` (CC0), by way of @vladmandic/face-api (MIT).",
    ];
  }
  if (published !== undefined) {
    return [
      `The weights are, or began as, facenet's published model ${published.name} (MIT), trained on ${published.trainedOn}.`,
      'The terms of that data set may bind the use of what was trained on it.',
    ];
  }
  if (from === 'scratch') return ['The weights were trained from scratch; their licence is for you to state.'];
  return [`The weights come from ${text(from)}; its source and licence are not recorded and are for you to state.`];
}

function halfLines(half: HalfDifference): string[] {
  const where = half.folder === undefined ? 'images of noise' : `faces of ${text(nameOfPath(half.folder))}`;
  const { mean, lowest } = half.cosine;
  const lines = [
    'Kernels and matrices are held in half precision, batch norms and biases in single; all is computed in single.',
    `Cosine with the embedding of the single-precision model on ${half.images} ${where}: mean ${mean.toFixed(7)}, lowest ${lowest.toFixed(7)}.`,
  ];
  if (half.lfw !== undefined) {
    const { pairs, single, half: rounded } = half.lfw;
    lines.push(`Accuracy on ${pairs} pairs: ${percent(single)} in single precision, ${percent(rounded)} in half.`);
  }
  return lines;
}

/** The card as Markdown. No path of this machine is in it. */
export function modelCard(subject: CardSubject): string {
  const { facts, network, parameters, format, recipe, files, half, writtenAt, version } = subject;
  const step = facts.model.step === undefined ? '' : `, step ${facts.model.step}`;
  const evaluation = { useFlippedImages: false, subtractMean: false, distanceMetric: 0, folds: 0 } as const;
  const [alignment, imageSize] = recipeRows({ ...recipe, ...evaluation });
  return [
    `# ${text(facts.model.name)}${step}`,
    '',
    `A face recognition network: an aligned face in, ${network.embeddingSize} numbers out. The nearer two such rows of numbers, the more`,
    'alike are the faces. It finds no faces in photographs and knows no names.',
    '',
    '## File',
    '',
    ...table([
      [
        'Format',
        `${formatNames[format]}, ${half === undefined ? 'single' : 'half'} precision. ${formatPurpose(format)}.`,
      ],
      ['Network', `${network.name}, ${parameters.toLocaleString('en-GB')} values`],
      ...files.map(({ name, bytes, sha256 }): [string, string] => [
        text(name),
        `${bytes.toLocaleString('en-GB')} bytes, SHA-256 \`${sha256}\``,
      ]),
      ['Written', `${writtenAt.toISOString().slice(0, 10)} by FaceNet Workbench ${version}`],
    ]),
    ...(half === undefined ? [] : ['', ...halfLines(half)]),
    '',
    '## Use',
    '',
    ...usage(subject).map(bullet),
    '',
    'Images have to be prepared as in the training, or the embeddings mean nothing:',
    '',
    ...table([alignment!, imageSize!, ['Standardisation', standardizations[recipe.standardization]]]),
    '',
    `(Known from ${facts.run === undefined ? text(facts.model.recipeSource) : 'the run that trained it'}.)`,
    '',
    '## Training',
    '',
    ...training(facts.run),
    '',
    '## Figures',
    '',
    ...figures(subject),
    '',
    '## Source and licence of the weights',
    '',
    ...origin(subject),
    '',
    '## Limits',
    '',
    'A verdict about people is a probability, not a proof. Faces are biometric data: in many places their use needs consent or is',
    'forbidden. Accuracy differs between groups of people; the pairs above do not say by how much.',
    '',
  ].join('\n');
}
