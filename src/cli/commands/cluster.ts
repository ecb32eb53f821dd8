import type { ArgumentParser } from 'argparse';
import { join } from 'node:path';
import type { AlignedFace } from '../../align/alignFaces';
import { dbscan } from '../../cluster/dbscan';
import { flatImages } from '../../dataset/flatFolder';
import { type ClusteredFace, requireEmptyFolder, writeClusters } from '../../identify/clusterOutput';
import { distanceMatrix, matrixLines } from '../../identify/distances';
import { facesOfPhotograph } from '../../identify/photographs';
import { encodePng } from '../../image/encode';
import { throwIfStopped, UserError } from '../../protocol/errors';
import { openFaceModel } from '../../recognize/faceModel';
import { modelNotes } from '../../recognize/modelNotes';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';
import {
  addIneffectiveFlags,
  addRecipeFlags,
  askedRecipe,
  ineffectiveNotes,
  modelHelp,
  progressOf,
} from '../modelFlags';
import { addPhotographFlags, gpuFlag, openAskedDetector } from '../photographFlags';

/** cluster.py passes over faces of which the detector is less sure. */
const leastScore = 0.95;

function configure(parser: ArgumentParser): void {
  parser.add_argument('model', { metavar: 'MODEL', help: modelHelp });
  parser.add_argument('data_dir', { metavar: 'PHOTOS', help: 'folder with the photographs themselves in it' });
  parser.add_argument('out_dir', { metavar: 'OUTPUT', help: 'new or empty folder for the clusters' });
  parser.add_argument('--min_cluster_size', {
    type: 'int',
    default: 1,
    help: 'faces within reach, the face itself included, that begin a cluster (default: 1)',
  });
  parser.add_argument('--cluster_threshold', {
    type: 'float',
    default: 1.0,
    help: 'Euclidean distance that a face reaches (default: 1.0)',
  });
  parser.add_argument('--largest_cluster_only', {
    action: 'store_true',
    help: 'save the largest cluster alone, in OUTPUT itself',
  });
  addRecipeFlags(parser);
  addIneffectiveFlags(parser, gpuFlag);
  addPhotographFlags(parser);
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  const { output, signal } = context;
  for (const note of ineffectiveNotes(gpuFlag, options)) output.problem(note);
  const outDir = expandHome(String(options['out_dir']));
  await requireEmptyFolder(outDir);
  const images = await flatImages(expandHome(String(options['data_dir'])));
  const model = await openFaceModel(String(options['model']), askedRecipe(options));
  try {
    for (const note of await modelNotes(model)) output.problem(`Warning: ${note}`);
    const detector = await openAskedDetector(options, context);
    const found: { source: string; face: AlignedFace }[] = [];
    try {
      const progress = progressOf(output, 'Looking for faces', 'photographs');
      for (const [index, source] of images.entries()) {
        throwIfStopped(signal);
        const settings = {
          recipe: model.recipe,
          margin: options['margin'] as number,
          wanted: 'all' as const,
          leastScore,
        };
        const upright = options['upright'] === true;
        try {
          const { faces } = await facesOfPhotograph(source, detector, { ...settings, upright });
          found.push(...faces.map((face) => ({ source, face })));
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          output.problem(`It is left out: ${error.sentence}`);
        }
        progress(index + 1, images.length);
      }
    } finally {
      await detector.dispose();
    }
    if (found.length === 0)
      throw new UserError(
        `No face was found in ${String(options['data_dir'])}.`,
        'Try the other --detector, or larger pictures.',
      );
    const embeddings = await model.embedCrops(
      found.map(({ face }) => face.image),
      { signal },
    );
    const distances = distanceMatrix(embeddings, model.dimension);
    for (const line of matrixLines(distances)) output.line(line);
    const labels = dbscan(distances, options['cluster_threshold'] as number, options['min_cluster_size'] as number);
    const clusters = [...labels].reduce<number[][]>((list, label, row) => {
      if (label >= 0) (list[label] ??= []).push(row);
      return list;
    }, []);
    output.line(`No of clusters: ${clusters.length}`);
    if (clusters.length === 0) {
      output.problem('Every face is alone: raise --cluster_threshold or lower --min_cluster_size.');
      return 0;
    }
    if (found.length > 1 && clusters[0]!.length === found.length)
      output.problem(
        `All faces are in one cluster, and no two are further apart than ${distances.reduce((a, b) => Math.max(a, b), 0).toFixed(2)}: if they ` +
          'are of several people, lower --cluster_threshold.',
      );
    for (const [label, rows] of clusters.entries()) output.line(`Cluster ${label}: [${rows.join(', ')}]`);
    const sizes = clusters.map(({ length }) => length);
    const largest = sizes.indexOf(Math.max(...sizes));
    const only = options['largest_cluster_only'] === true;
    output.line(only ? `Saving largest cluster (Cluster: ${largest})` : 'Saving all clusters');
    const saved = clusters.flatMap((rows, cluster) =>
      only && cluster !== largest ? [] : rows.map((row, place) => ({ row, cluster, place: place + 1 })),
    );
    const faces = saved.map(({ row, cluster, place }): ClusteredFace => {
      const { x1, y1, x2, y2, score } = found[row]!.face.face;
      const file = only ? `${place}.png` : join(String(cluster), `${place}.png`);
      return { file, cluster, source: found[row]!.source, box: [x1, y1, x2, y2], score };
    });
    const table = await writeClusters(outDir, faces, async (_, index) =>
      encodePng(found[saved[index]!.row]!.face.image),
    );
    output.line(`Written: ${table}`);
    return 0;
  } finally {
    await model.dispose();
  }
}

export const command: Command = {
  name: 'cluster',
  summary: 'Sort the faces of a folder of photographs by who they might be (DBSCAN).',
  configure,
  run,
};
