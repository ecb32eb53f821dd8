import type { ArgumentParser } from 'argparse';
import type { AlignedFace } from '../../align/alignFaces';
import { distanceMatrix, matrixLines } from '../../identify/distances';
import type { Judge } from '../../identify/modelCalibration';
import { encodeJpeg } from '../../image/encode';
import { facesOfPhotograph } from '../../identify/photographs';
import { throwIfStopped, UserError } from '../../protocol/errors';
import type { FaceComparison } from '../../protocol/faceComparison';
import { openFaceModel } from '../../recognize/faceModel';
import { modelNotes } from '../../recognize/modelNotes';
import { expandHome } from '../../train/settings/homePath';
import { type Command, type CommandContext, type CommandOptions, printJson } from '../command';
import { addJudgeFlags, askedJudge } from '../judgeFlags';
import { addIneffectiveFlags, addRecipeFlags, askedRecipe, ineffectiveNotes, modelHelp } from '../modelFlags';
import { addPhotographFlags, gpuFlag, openAskedDetector } from '../photographFlags';

function configure(parser: ArgumentParser): void {
  parser.add_argument('model', { metavar: 'MODEL', help: modelHelp });
  parser.add_argument('image_files', { metavar: 'IMAGE', nargs: '+', help: 'photographs' });
  addRecipeFlags(parser);
  addIneffectiveFlags(parser, gpuFlag);
  const own = parser.add_argument_group({ title: 'what the reference does not have' });
  addPhotographFlags(parser, own);
  addJudgeFlags(own, 'accuracy');
  own.add_argument('--json', { action: 'store_true', help: 'print the result as JSON' });
  own.add_argument('--crops', {
    action: 'store_true',
    help: 'with --json: with each face as the model gets it, a JPEG as a data: address',
  });
}

interface FoundFace {
  path: string;
  face: AlignedFace;
}

/** Of the faces as they are shown; what is compared are their pixels. */
const cropQuality = 92;

async function comparisonOf(
  found: readonly FoundFace[],
  faceless: readonly string[],
  distances: Float64Array,
  judge: Judge | undefined,
  withCrops: boolean,
): Promise<FaceComparison> {
  const count = found.length;
  const rows = <T>(of: (distance: number) => T): T[][] =>
    Array.from({ length: count }, (_, i) => Array.from(distances.subarray(i * count, (i + 1) * count), of));
  const images = found.map(async ({ path, face: { face, image } }) => ({
    path,
    box: [face.x1, face.y1, face.x2, face.y2] as [number, number, number, number],
    score: face.score,
    ...(withCrops && { crop: `data:image/jpeg;base64,${(await encodeJpeg(image, cropQuality)).toString('base64')}` }),
  }));
  return {
    images: await Promise.all(images),
    faceless: [...faceless],
    distances: rows((distance) => distance),
    ...(judge !== undefined && {
      threshold: judge.threshold,
      confidence: rows((distance) => judge.confidence(distance) ?? null),
    }),
  };
}

/** Who is taken for whom, a line for each two. */
function verdictLines(distances: Float64Array, judge: Judge): string[] {
  const count = Math.sqrt(distances.length);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const distance = distances[i * count + j]!;
      const confidence = judge.confidence(distance);
      const sure = confidence === undefined ? '' : `, ${(100 * confidence).toFixed(1)} % sure to be one person`;
      const verdict = distance < judge.threshold ? 'the same person' : 'two people';
      lines.push(`${i} and ${j}: ${verdict} (${distance.toFixed(4)}, threshold ${judge.threshold.toFixed(4)}${sure})`);
    }
  }
  return lines;
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  const { output, signal } = context;
  for (const note of ineffectiveNotes(gpuFlag, options)) output.problem(note);
  const model = await openFaceModel(String(options['model']), askedRecipe(options));
  try {
    for (const note of await modelNotes(model)) output.problem(`Warning: ${note}`);
    const judge = await askedJudge(options, model, output);
    const detector = await openAskedDetector(options, context);
    const json = options['json'] === true;
    const found: FoundFace[] = [];
    const faceless: string[] = [];
    try {
      for (const typed of options['image_files'] as string[]) {
        throwIfStopped(signal);
        const path = expandHome(typed);
        const { faces } = await facesOfPhotograph(path, detector, {
          recipe: model.recipe,
          margin: options['margin'] as number,
          wanted: 'most-certain',
          upright: options['upright'] === true,
        });
        if (faces.length > 0) found.push({ path: typed, face: faces[0]! });
        else {
          faceless.push(typed);
          // JSON says so itself.
          if (!json) output.problem(`can't detect face, remove  ${typed}`);
        }
      }
    } finally {
      await detector.dispose();
    }
    if (found.length === 0) {
      throw new UserError('No face was found in any of the images.', 'Try the other --detector, or larger pictures.');
    }
    const embeddings = await model.embedCrops(
      found.map(({ face }) => face.image),
      { signal },
    );
    const distances = distanceMatrix(embeddings, model.dimension);
    const judged = typeof judge === 'string' ? undefined : judge;
    if (json) {
      printJson(output, await comparisonOf(found, faceless, distances, judged, options['crops'] === true));
      return 0;
    }
    if (typeof judge === 'string' && found.length > 1) output.problem(judge);
    output.line('Images:');
    for (const [index, { path }] of found.entries()) output.line(`${index}: ${path}`);
    output.line('');
    for (const line of matrixLines(distances)) output.line(line);
    if (judged !== undefined) for (const line of verdictLines(distances, judged)) output.line(line);
    return 0;
  } finally {
    await model.dispose();
  }
}

export const command: Command = {
  name: 'compare',
  summary: 'Tell how far the faces of photographs are from one another, and who is the same.',
  configure,
  run,
};
