import type { ArgumentParser } from 'argparse';
import { readClassifier } from '../../classify/classifierFile';
import { answer, toldName } from '../../identify/answers';
import { facesOfPhotograph, type PhotographFaces } from '../../identify/photographs';
import { requireSameModel } from '../../identify/sameModel';
import { chipOf } from '../../protocol/chip';
import { throwIfStopped, UserError } from '../../protocol/errors';
import { openFaceModel } from '../../recognize/faceModel';
import { modelNotes } from '../../recognize/modelNotes';
import { expandHome } from '../../train/settings/homePath';
import { type Command, type CommandContext, type CommandOptions, printJson } from '../command';
import {
  addIneffectiveFlags,
  addRecipeFlags,
  askedRecipe,
  type IneffectiveFlag,
  ineffectiveNotes,
  modelHelp,
} from '../modelFlags';
import { addPhotographFlags, gpuFlag, openAskedDetector } from '../photographFlags';

const ineffective: Readonly<Record<string, IneffectiveFlag>> = {
  ...gpuFlag,
  seed: { type: 'int', usual: 666, why: 'nothing is left to chance' },
};

function configure(parser: ArgumentParser): void {
  parser.add_argument('image_files', { metavar: 'IMAGE', nargs: '+', help: 'photographs' });
  parser.add_argument('model', { metavar: 'MODEL', help: modelHelp });
  parser.add_argument('classifier_filename', {
    metavar: 'CLASSIFIER',
    help: 'file of the classifier (facenet classifier TRAIN)',
  });
  addRecipeFlags(parser);
  addIneffectiveFlags(parser, ineffective);
  const own = parser.add_argument_group({ title: 'what the reference does not have' });
  addPhotographFlags(parser, own);
  own.add_argument('--unknown_threshold', {
    type: 'float',
    help: "probability up to which a face is unknown; default the classifier's own, 0 always names somebody",
  });
  own.add_argument('--boxes', { action: 'store_true', help: 'print the box of each face: left, top, right, bottom' });
  own.add_argument('--json', { action: 'store_true', help: 'print the result as JSON, boxes included' });
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  const { output, signal } = context;
  for (const note of ineffectiveNotes(ineffective, options)) output.problem(note);
  const classifierPath = expandHome(String(options['classifier_filename']));
  const classifier = await readClassifier(classifierPath);
  const model = await openFaceModel(String(options['model']), {
    ...askedRecipe(options),
    chip: chipOf(classifier.recipe),
  });
  try {
    requireSameModel(`The classifier ${classifierPath}`, classifier, model);
    for (const note of await modelNotes(model)) output.problem(`Warning: ${note}`);
    const photographs: PhotographFaces[] = [];
    const typed = options['image_files'] as string[];
    const detector = await openAskedDetector(options, context);
    try {
      for (const path of typed) {
        throwIfStopped(signal);
        const settings = { recipe: model.recipe, margin: options['margin'] as number, wanted: 'all' as const };
        const upright = options['upright'] === true;
        photographs.push(await facesOfPhotograph(expandHome(path), detector, { ...settings, upright }));
      }
    } finally {
      await detector.dispose();
    }
    const crops = photographs.flatMap(({ faces }) => faces.map(({ image }) => image));
    if (crops.length === 0) {
      throw new UserError(`No face was found in ${typed.join(', ')}.`, 'Try the other --detector, or larger pictures.');
    }
    const embeddings = await model.embedCrops(crops, { signal });
    const answers = answer(classifier, embeddings, options['unknown_threshold'] as number | undefined);
    let next = 0;
    const named = photographs.map(({ faces }, index) => ({
      path: typed[index]!,
      faces: faces.map(({ face: { x1, y1, x2, y2, score } }) => {
        const one = answers[next++]!;
        return { box: [x1, y1, x2, y2], score, name: toldName(one), nearest: one.name, probability: one.probability };
      }),
    }));
    if (options['json'] === true) {
      printJson(output, named);
      return 0;
    }
    output.line(`Loaded classifier model from file "${classifierPath}"`);
    output.line('');
    for (const { path, faces } of named) {
      output.line('');
      output.line(`people in image ${path} :`);
      if (faces.length === 0) output.problem(`No face was found in ${path}.`);
      for (const { name, probability, box } of faces) {
        const place = options['boxes'] === true ? `  [${box.map((value) => Math.round(value)).join(', ')}]` : '';
        output.line(`${name}: ${probability.toFixed(3)}${place}`);
      }
    }
    return 0;
  } finally {
    await model.dispose();
  }
}

export const command: Command = {
  name: 'predict',
  summary: 'Name every face of photographs with a classifier.',
  configure,
  run,
};
