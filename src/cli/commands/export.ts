import type { ArgumentParser } from 'argparse';
import { openModel } from '../../checkpoint/model';
import { exportModel } from '../../export/exportModel';
import type { HalfDifference } from '../../export/halfDifference';
import { UserError } from '../../protocol/errors';
import { exportExtensions, exportFormats, formatOfName, type ExportFormat } from '../../protocol/exportFormat';
import { lfwConfigSchema } from '../../protocol/trainConfig';
import { expandHome } from '../../train/settings/homePath';
import { percent } from '../../words/rates';
import type { Command, CommandContext, CommandOptions } from '../command';
import { progressOf } from '../modelFlags';

function configure(parser: ArgumentParser): void {
  parser.add_argument('model', {
    metavar: 'MODEL',
    help: 'model directory, checkpoint prefix or file, run folder, frozen .pb, or starter',
  });
  parser.add_argument('output_file', {
    metavar: 'OUTPUT',
    help: 'file to write, for tfjs the folder; folders are made where they are missing',
  });
  parser.add_argument('--format', {
    choices: [...exportFormats],
    help:
      'onnx: ONNX Runtime; tfjs: TensorFlow.js in a browser; safetensors: the weights alone; keras: .h5 weights for deepface; ' +
      'pb: a frozen TensorFlow graph; default: what the name of OUTPUT ends in',
  });
  parser.add_argument('--output', {
    choices: ['embeddings', 'prelogits'],
    default: 'embeddings',
    help: 'embeddings: each of length 1 (default); prelogits: what the network ends with',
  });
  parser.add_argument('--fp16', {
    action: 'store_true',
    help: 'kernels and matrices in half precision, half the size; what that changes is measured',
  });
  parser.add_argument('--images', { metavar: 'DIR', help: 'folder of aligned faces to measure --fp16 on' });
  parser.add_argument('--lfw_dir', { metavar: 'DIR', help: 'folder of aligned LFW faces to measure --fp16 on' });
  parser.add_argument('--lfw_pairs', { default: 'data/pairs.txt', help: 'file of pairs (default: data/pairs.txt)' });
  parser.add_argument('--lfw_nrof_folds', { type: 'int', default: 10, help: 'folds of the cross-validation' });
  parser.add_argument('--no_card', { action: 'store_true', help: 'write no model card (.md) beside it' });
  parser.add_argument('--force', { action: 'store_true', help: 'replace files that exist' });
}

/** The format that is asked for, or that the name says. @throws UserError where neither says one */
function formatOf(asked: string | undefined, path: string): ExportFormat {
  const format = (asked as ExportFormat | undefined) ?? formatOfName(path);
  if (format !== undefined) return format;
  throw new UserError(
    `The name ${path} does not say in which format the model is wanted.`,
    `Add --format (${exportFormats.join(', ')}), or end it in ${Object.values(exportExtensions).join(', ')}.`,
  );
}

function halfLines({ images, folder, cosine, lfw }: HalfDifference): string[] {
  const of = folder === undefined ? 'images of noise (--images DIR measures on faces)' : `faces of ${folder}`;
  const lines = [
    `Half precision: cosine with the single-precision embedding on ${images} ${of}: ` +
      `mean ${cosine.mean.toFixed(7)}, lowest ${cosine.lowest.toFixed(7)}.`,
  ];
  if (lfw !== undefined)
    lines.push(
      `Accuracy on ${lfw.pairs} pairs: ${percent(lfw.single)} in single, ${percent(lfw.half)} in half precision.`,
    );
  return lines;
}

async function run(options: CommandOptions, { output, signal }: CommandContext): Promise<number> {
  const typed = options as Record<string, unknown>;
  const folderOf = (name: string): string | undefined =>
    typeof typed[name] === 'string' ? expandHome(typed[name]) : undefined;
  const path = expandHome(String(typed['output_file']));
  const format = formatOf(typed['format'] as string | undefined, path);
  const half = typed['fp16'] === true;
  const [faces, lfwDir] = [folderOf('images'), folderOf('lfw_dir')];
  if (!half && (faces ?? lfwDir) !== undefined)
    output.problem(`--${faces === undefined ? 'lfw_dir' : 'images'} has no effect without --fp16.`);
  const model = await openModel(String(typed['model']));
  for (const note of model.notes) output.problem(`Warning: ${note}`);
  const weightsAlone = format === 'keras' || format === 'safetensors';
  if (weightsAlone && typed['output'] === 'prelogits')
    output.problem(`--output has no effect: ${format} holds weights alone.`);
  const lfw =
    lfwDir === undefined
      ? undefined
      : lfwConfigSchema.parse({
          dir: lfwDir,
          pairs: expandHome(String(typed['lfw_pairs'])),
          folds: typed['lfw_nrof_folds'],
        });
  const exported = await exportModel(
    model,
    {
      ...{ format, path, half },
      output: typed['output'] === 'prelogits' ? 'prelogits' : 'embeddings',
      ...(faces !== undefined && { faces }),
      ...(lfw !== undefined && { lfw }),
      card: typed['no_card'] !== true,
      force: typed['force'] === true,
    },
    {
      signal,
      onProgress: progressOf(output, 'Embedding', 'images'),
    },
  );
  for (const file of exported.files) output.line(`Written: ${file}`);
  if (exported.card !== undefined) output.line(`Written: ${exported.card}`);
  for (const line of exported.half === undefined ? [] : halfLines(exported.half)) output.line(line);
  return 0;
}

export const command: Command = {
  name: 'export',
  summary: 'Write a model for other programs: ONNX, TensorFlow.js, safetensors, Keras, TensorFlow.',
  configure,
  run,
};
