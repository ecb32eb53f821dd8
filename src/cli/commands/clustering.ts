import type { ArgumentParser } from 'argparse';
import { basename, extname, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { chineseWhispers, edgesAbove } from '../../cluster/chineseWhispers';
import { flatImages } from '../../dataset/flatFolder';
import { NumpyRandom } from '../../dataset/random';
import { type ClusteredFace, requireEmptyFolder, writeClusters } from '../../identify/clusterOutput';
import { UserError } from '../../protocol/errors';
import { openFaceModel } from '../../recognize/faceModel';
import { modelNotes } from '../../recognize/modelNotes';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';
import {
  addIneffectiveFlags,
  type IneffectiveFlag,
  ineffectiveNotes,
  modelHelp,
  progressOf,
  requireBetween,
} from '../modelFlags';

const ineffective: Readonly<Record<string, IneffectiveFlag>> = {
  batch_size: { type: 'str', why: 'it changes no result' },
};

function configure(parser: ArgumentParser): void {
  parser.add_argument('--model_dir', { required: true, metavar: 'MODEL', help: modelHelp });
  addIneffectiveFlags(parser, ineffective);
  parser.add_argument('--input', { required: true, help: 'folder with the aligned faces themselves in it' });
  parser.add_argument('--output', { required: true, help: 'new or empty folder for the clusters' });
  const own = parser.add_argument_group({ title: 'what the reference does not have' });
  own.add_argument('--threshold', {
    type: 'float',
    default: 0.55,
    help: 'scalar product above which two faces are neighbours (default: 0.55)',
  });
  own.add_argument('--seed', { type: 'int', default: 0, help: 'of the order in which faces listen (default: 0)' });
}

async function run(options: CommandOptions, { output, signal }: CommandContext): Promise<number> {
  // The reference requires it; here it may be left out.
  if (options['batch_size'] !== undefined)
    for (const note of ineffectiveNotes(ineffective, options)) output.problem(note);
  requireBetween('--seed', options['seed'] as number, 0, 2 ** 32 - 1);
  const outDir = expandHome(String(options['output']));
  await requireEmptyFolder(outDir);
  const input = expandHome(String(options['input']));
  const images = (await flatImages(input)).filter((path) => !['.json', '.jsonl', '.txt'].includes(extname(path)));
  const model = await openFaceModel(String(options['model_dir']));
  try {
    for (const note of await modelNotes(model, input)) output.problem(`Warning: ${note}`);
    if (images.length <= 1)
      throw new UserError(
        `${input} has ${images.length === 1 ? 'one face only' : 'no faces'}: there is nothing to sort.`,
        'Name a folder with more.',
      );
    const embeddings = await model.embedFiles(images, {
      signal,
      onProgress: progressOf(output, 'Embedding', 'images'),
    });
    const edges = edgesAbove(embeddings, model.dimension, options['threshold'] as number);
    const clusters = chineseWhispers(edges, new NumpyRandom(options['seed'] as number));
    const alone = edges.filter(({ nodes }) => nodes.length === 0).length;
    const faces = clusters.flatMap((nodes, cluster) =>
      nodes.map((node): ClusteredFace => ({
        file: join(String(cluster), basename(images[node]!)),
        cluster,
        source: images[node]!,
      })),
    );
    const table = await writeClusters(outDir, faces, async ({ source }) => readFile(source));
    output.line(
      `Clusters: ${clusters.length}, of ${faces.length} faces; ${alone} faces are like no other and are in none.`,
    );
    if (clusters.length === 1 && alone === 0)
      output.problem('All faces are in one cluster: if they are of several people, raise --threshold.');
    output.line(`Written: ${table}`);
    return 0;
  } finally {
    await model.dispose();
  }
}

export const command: Command = {
  name: 'clustering',
  summary: 'Sort a folder of aligned faces by who they might be (Chinese whispers).',
  configure,
  run,
};
