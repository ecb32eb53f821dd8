import type { ArgumentParser } from 'argparse';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FaceDetector } from '../../align/face';
import { type Dataset, scanDataset } from '../../dataset/scan';
import { enrolled, type Gallery, readGallery, without, writeGallery } from '../../identify/gallery';
import { enrolPeople, isAlignedFolder } from '../../identify/enrol';
import type { Judge } from '../../identify/modelCalibration';
import { facesOfPhotograph, type PhotographFaces } from '../../identify/photographs';
import { requireSameModel } from '../../identify/sameModel';
import { GallerySearch } from '../../identify/search';
import { requireFree } from '../../files/requireFree';
import { chipOf } from '../../protocol/chip';
import { throwIfStopped, UserError } from '../../protocol/errors';
import type { Candidate } from '../../protocol/gallery';
import type { RecognitionThreshold, RecognizedPhotograph } from '../../protocol/recognition';
import { type FaceModel, openFaceModel } from '../../recognize/faceModel';
import { modelNotes } from '../../recognize/modelNotes';
import { expandHome } from '../../train/settings/homePath';
import { type Command, type CommandContext, type CommandOptions, printJson } from '../command';
import { addJudgeFlags, askedJudge } from '../judgeFlags';
import { addRecipeFlags, askedRecipe, modelHelp, progressOf } from '../modelFlags';
import { addPhotographFlags, openAskedDetector } from '../photographFlags';

function configure(parser: ArgumentParser): void {
  const actions = parser.add_subparsers({ dest: 'action', required: true, title: 'what to do', metavar: 'ACTION' });
  const action = (name: string, help: string): ArgumentParser => {
    const added = actions.add_parser(name, { help, description: help });
    added.add_argument('gallery', { metavar: 'GALLERY', help: 'file of the enrolled people' });
    return added;
  };
  const withModel = (name: string, help: string): ArgumentParser => {
    const added = action(name, help);
    added.add_argument('model', { metavar: 'MODEL', help: modelHelp });
    addRecipeFlags(added);
    return added;
  };
  const enrol = withModel('enrol', 'Make a gallery of the people of a folder, photographs or aligned faces.');
  enrol.add_argument('folder', { metavar: 'FOLDER', help: 'one folder of pictures per person' });
  addPhotographFlags(enrol);
  enrol.add_argument('--aligned', {
    action: 'store_true',
    help: 'the pictures are aligned faces (told by alignment.json else)',
  });
  enrol.add_argument('--force', { action: 'store_true', help: 'replace GALLERY where it exists' });
  const add = withModel('add', 'Add a person, or pictures of one who is enrolled, without any training.');
  add.add_argument('name', { metavar: 'NAME', help: 'of the person' });
  add.add_argument('images', { metavar: 'IMAGE', nargs: '+', help: 'photographs of this person' });
  addPhotographFlags(add);
  const remove = action('remove', 'Remove a person.');
  remove.add_argument('name', { metavar: 'NAME', help: 'of the person' });
  const list = action('list', 'List who is enrolled.');
  list.add_argument('--json', { action: 'store_true', help: 'print the list as JSON' });
  const who = withModel('who', 'Say who the faces of photographs are.');
  who.add_argument('images', { metavar: 'IMAGE', nargs: '+', help: 'photographs' });
  addPhotographFlags(who);
  addJudgeFlags(who, 'far3');
  who.add_argument('--top', { type: 'int', default: 3, help: 'how many people to name for each face (default: 3)' });
  const how = who.add_mutually_exclusive_group();
  how.add_argument('--json', { action: 'store_true', help: 'print the result as JSON, boxes included' });
  how.add_argument('--lines', {
    action: 'store_true',
    help: 'print a line of JSON for each photograph as it is done, the threshold first; one that cannot be read is told there',
  });
}

interface Options extends CommandOptions {
  action: 'enrol' | 'add' | 'remove' | 'list' | 'who';
  gallery: string;
  model: string;
  name: string;
  folder: string;
  images: string[];
  margin: number;
  upright: boolean;
  top: number;
}

/** Does `work` with the model that was named; faces are cut out as those of the gallery were. */
async function withFaceModel(
  options: Options,
  { output }: CommandContext,
  work: (model: FaceModel) => Promise<void>,
  gallery?: Gallery,
): Promise<void> {
  const chip = gallery && chipOf(gallery.header.recipe);
  const model = await openFaceModel(options.model, { ...askedRecipe(options), chip });
  try {
    for (const note of await modelNotes(model)) output.problem(`Warning: ${note}`);
    await work(model);
  } finally {
    await model.dispose();
  }
}

async function embedPeople(
  options: Options,
  context: CommandContext,
  model: FaceModel,
  dataset: Dataset,
  aligned: boolean,
): ReturnType<typeof enrolPeople> {
  const { output, signal } = context;
  const detector = aligned ? undefined : await openAskedDetector(options, context);
  try {
    return await enrolPeople(model, dataset, {
      ...(detector !== undefined && { detector }),
      margin: options.margin,
      upright: options.upright,
      home: dirname(resolve(expandHome(options.gallery))),
      signal,
      onNote: (sentence) => output.problem(sentence),
      onProgress: progressOf(output, 'Enrolling', 'pictures'),
    });
  } finally {
    await detector?.dispose();
  }
}

function counted({ people }: Gallery): string {
  const faces = [...people.values()].reduce((sum, own) => sum + own.length, 0);
  return `${people.size} ${people.size === 1 ? 'person' : 'people'}, ${faces} ${faces === 1 ? 'face' : 'faces'}`;
}

async function enrol(options: Options, context: CommandContext): Promise<void> {
  const path = expandHome(options.gallery);
  const force = options['force'] === true;
  await requireFree(path, force, 'people.jsonl');
  const folder = expandHome(options.folder);
  const dataset = await scanDataset(folder);
  await withFaceModel(options, context, async (model) => {
    const aligned = options['aligned'] === true || isAlignedFolder(folder);
    if (aligned) for (const note of await modelNotes(model, folder)) context.output.problem(`Warning: ${note}`);
    const people = await embedPeople(options, context, model, dataset, aligned);
    const gallery: Gallery = {
      header: {
        ...{ version: 1, kind: 'facenet-gallery', createdAt: new Date().toISOString() },
        ...{ model: model.identity, recipe: model.recipe, margin: options.margin },
      },
      people,
    };
    await mkdir(dirname(path), { recursive: true });
    await requireFree(path, force, 'people.jsonl');
    await writeGallery(path, gallery);
    context.output.line(`Enrolled in ${path}: ${counted(gallery)}.`);
  });
}

async function add(options: Options, context: CommandContext): Promise<void> {
  const path = expandHome(options.gallery);
  const gallery = await readGallery(path);
  await withFaceModel(
    options,
    context,
    async (model) => {
      requireSameModel(`The gallery ${path}`, gallery.header, model);
      const dataset = {
        root: resolve('.'),
        people: [{ name: options.name, images: options.images.map((image) => expandHome(image)) }],
        ignored: 0,
      };
      const people = await embedPeople({ ...options, margin: gallery.header.margin }, context, model, dataset, false);
      const grown = enrolled(gallery, people);
      await writeGallery(path, grown);
      context.output.line(
        `${options.name} is enrolled with ${grown.people.get(options.name)!.length} faces in ${path}.`,
      );
    },
    gallery,
  );
}

async function who(options: Options, context: CommandContext): Promise<void> {
  const { output, signal } = context;
  if (options.top < 1) throw new UserError(`--top ${options.top} names nobody.`, 'Give at least 1.');
  const path = expandHome(options.gallery);
  const gallery = await readGallery(path);
  if (gallery.people.size === 0)
    throw new UserError(`Nobody is enrolled in ${path}.`, 'Add people with facenet identify add.');
  await withFaceModel(
    options,
    context,
    async (model) => {
      requireSameModel(`The gallery ${path}`, gallery.header, model);
      const judge = await askedJudge(options, model, context.output);
      const search = await GallerySearch.open(gallery);
      const detector = await openAskedDetector(options, context);
      const found: IdentifiedPhotograph[] = [];
      const inLines = options['lines'] === true;
      const known = typeof judge === 'string' ? undefined : judge;
      if (inLines) output.line(JSON.stringify(thresholdLine(known)));
      try {
        for (const typed of options.images) {
          throwIfStopped(signal);
          const look = async (): Promise<IdentifiedPhotograph> =>
            lookAt(typed, options, gallery, { model, detector, search });
          if (inLines) output.line(JSON.stringify(await photographLine(typed, look, known)));
          else found.push(await look());
        }
      } finally {
        await detector.dispose();
        await search.dispose();
      }
      if (inLines) return;
      if (found.every(({ faces }) => faces.length === 0)) {
        throw new UserError(
          `No face was found in ${options.images.join(', ')}.`,
          'Try the other --detector, or larger pictures.',
        );
      }
      if (typeof judge === 'string') output.problem(judge);
      tell(options, context, found, typeof judge === 'string' ? undefined : judge);
    },
    gallery,
  );
}

type IdentifiedPhotograph = PhotographFaces & { candidates: Candidate[][] };

async function lookAt(
  typed: string,
  { upright, top }: Options,
  gallery: Gallery,
  { model, detector, search }: { model: FaceModel; detector: FaceDetector; search: GallerySearch },
): Promise<IdentifiedPhotograph> {
  const settings = { recipe: model.recipe, margin: gallery.header.margin, wanted: 'all' as const, upright };
  const photograph = await facesOfPhotograph(expandHome(typed), detector, settings);
  const crops = photograph.faces.map(({ image }) => image);
  const embeddings = await model.embedCrops(crops);
  const candidates: Candidate[][] = [];
  for (const index of crops.keys()) {
    const own = embeddings.subarray(index * model.dimension, (index + 1) * model.dimension);
    candidates.push(await search.nearest(own, top));
  }
  return { ...photograph, path: typed, candidates };
}

/** Embeddings have length 1: a distance below t is a similarity above 1 − t² / 2. */
function thresholdLine(judge: Judge | undefined): RecognitionThreshold {
  return judge === undefined ? { threshold: null } : { threshold: 1 - judge.threshold ** 2 / 2 };
}

/** One that cannot be read does not end the others. */
async function photographLine(
  image: string,
  look: () => Promise<IdentifiedPhotograph>,
  judge: Judge | undefined,
): Promise<RecognizedPhotograph> {
  try {
    const { width, height, faces, candidates } = await look();
    return {
      image,
      size: [width, height],
      faces: faces.map(({ face: { x1, y1, x2, y2, score } }, index) => ({
        box: [x1, y1, x2, y2],
        score,
        nearest: candidates[index]!.map(({ name, similarity, distance, file }) => {
          const confidence = judge?.confidence(distance);
          return { name, similarity, file, ...(confidence !== undefined && { confidence }) };
        }),
      })),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { image, problem: error.sentence };
  }
}

function tell(
  options: Options,
  { output }: CommandContext,
  found: readonly IdentifiedPhotograph[],
  judge: Judge | undefined,
): void {
  const accepted = ([first]: readonly Candidate[]): boolean =>
    judge === undefined || (first !== undefined && first.distance < judge.threshold);
  if (options['json'] === true) {
    const result = found.map(({ path, faces, candidates }) => ({
      path,
      faces: faces.map(({ face: { x1, y1, x2, y2, score } }, index) => ({
        box: [x1, y1, x2, y2],
        score,
        name: accepted(candidates[index]!) ? candidates[index]![0]!.name : 'unknown',
        candidates: candidates[index]!.map((one) => ({ ...one, confidence: judge?.confidence(one.distance) })),
      })),
    }));
    printJson(output, result);
    return;
  }
  for (const { path, faces, candidates } of found) {
    output.line(`people in image ${path} :`);
    if (faces.length === 0) output.problem(`No face was found in ${path}.`);
    for (const [index, { face }] of faces.entries()) {
      const box = [face.x1, face.y1, face.x2, face.y2].map((value) => Math.round(value)).join(', ');
      const [first] = candidates[index]!;
      output.line(`${accepted(candidates[index]!) ? first!.name : 'unknown'}  [${box}]`);
      for (const { name, similarity, distance, file } of candidates[index]!) {
        const confidence = judge?.confidence(distance);
        const sure = confidence === undefined ? '' : `, ${(100 * confidence).toFixed(1)} % sure`;
        output.line(`    ${name}: ${similarity.toFixed(3)} (distance ${distance.toFixed(4)}${sure}, ${file})`);
      }
    }
  }
}

async function run(given: CommandOptions, context: CommandContext): Promise<number> {
  const options = given as Options;
  const { output } = context;
  const path = expandHome(options.gallery);
  switch (options.action) {
    case 'enrol':
      await enrol(options, context);
      return 0;
    case 'add':
      await add(options, context);
      return 0;
    case 'remove': {
      const left = without(await readGallery(path), options.name);
      await writeGallery(path, left);
      output.line(`${options.name} is gone from ${path}, which has ${counted(left)} now.`);
      return 0;
    }
    case 'list': {
      const { header, people } = await readGallery(path);
      const list = [...people].map(([name, faces]) => ({ name, files: faces.map(({ file }) => file) }));
      if (options['json'] === true) printJson(output, { model: header.model, people: list });
      else
        for (const { name, files } of list)
          output.line(`${name}: ${files.length} ${files.length === 1 ? 'face' : 'faces'}`);
      return 0;
    }
    case 'who':
      await who(options, context);
      return 0;
  }
}

export const command: Command = {
  name: 'identify',
  summary: 'Enrol people in a gallery without training, and say who the faces of photographs are.',
  configure,
  run,
};
