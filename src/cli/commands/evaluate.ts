import type { ArgumentParser } from 'argparse';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { readNpy, toFloat64 } from '../../checkpoint/npy';
import { type PairLine, parsePairs, relativeStem } from '../../dataset/pairsFormat';
import { evaluatePairs } from '../../evaluate/evaluatePairs';
import { uncertaintyLines } from '../../evaluate/operatingRateText';
import { buildReport, formatReport } from '../../evaluate/report';
import { UserError } from '../../protocol/errors';
import { writeFileAtomic } from '../../files/atomicFile';
import type { Command, CommandContext, CommandOptions } from '../command';

function configure(parser: ArgumentParser): void {
  parser.add_argument('embeddings', {
    metavar: 'EMB.npy',
    help: 'embeddings, two rows for each pair in the order of the pairs file',
  });
  parser.add_argument('pairs', { metavar: 'PAIRS', help: 'pairs file in the form of LFW’s pairs.txt' });
  parser.add_argument('--lfw_nrof_folds', { type: 'int', default: 10, help: 'folds of the cross-validation' });
  parser.add_argument('--distance_metric', {
    type: 'int',
    choices: [0, 1],
    default: 0,
    help: '0 squared Euclidean distance, 1 angle between the embeddings',
  });
  parser.add_argument('--subtract_mean', {
    action: 'store_true',
    help: "subtract the mean of each fold's training embeddings first",
  });
  parser.add_argument('--json', { metavar: 'FILE', help: 'write the whole report to this file' });
}

async function readEmbeddings(path: string): Promise<{ data: Float64Array; dimension: number; rows: number }> {
  const array = await readNpy(path);
  const [rows, dimension] = array.shape;
  if (array.shape.length !== 2 || rows === undefined || !dimension) {
    throw new UserError(
      `${path} has the shape (${array.shape.join(', ')}), not rows of embeddings.`,
      'Save a two-dimensional array: two rows for each pair.',
    );
  }
  const data = toFloat64(array);
  const broken = data.findIndex((value) => !Number.isFinite(value));
  if (broken !== -1) {
    throw new UserError(
      `Row ${Math.floor(broken / dimension)} of ${path} holds a value that is not a finite number.`,
      'The model that made it has diverged, or the file is damaged.',
    );
  }
  return { data, dimension, rows };
}

/** Every line must be understood: one that is skipped would shift all rows after it. */
async function readPairLines(path: string): Promise<PairLine[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The pairs file ${path} cannot be read.`, 'Check the path.', { cause });
  });
  const { pairs, malformed } = parsePairs(text);
  const [wrong] = malformed;
  if (wrong !== undefined) {
    throw new UserError(`Line ${wrong.lineNumber} of ${path} is no pair: ${wrong.reason}.`, 'Mend or remove it.');
  }
  return pairs;
}

async function run(options: CommandOptions, { output, cwd }: CommandContext): Promise<number> {
  const embeddingsPath = resolve(cwd, options['embeddings'] as string);
  const pairsPath = resolve(cwd, options['pairs'] as string);
  const [embeddings, pairs] = await Promise.all([readEmbeddings(embeddingsPath), readPairLines(pairsPath)]);
  if (embeddings.rows !== 2 * pairs.length) {
    throw new UserError(
      `${embeddingsPath} has ${embeddings.rows} rows, but the ${pairs.length} pairs of ${pairsPath} need ${2 * pairs.length}.`,
      'Save two rows for each pair, in the order of the file.',
    );
  }
  const evaluation = {
    folds: options['lfw_nrof_folds'] as number,
    distanceMetric: options['distance_metric'] as 0 | 1,
    subtractMean: options['subtract_mean'] as boolean,
  };
  const result = evaluatePairs(
    embeddings,
    pairs.map(({ same }) => same),
    evaluation,
  );
  const report = buildReport(result, {
    model: { path: embeddingsPath, name: basename(embeddingsPath) },
    imagesDir: '',
    // How the images were treated is not in the file; nothing is made up.
    recipe: { useFlippedImages: false },
    options: evaluation,
    pairs: pairs.map(({ a, b, same }) => ({ relativeA: relativeStem(a), relativeB: relativeStem(b), same })),
    skipped: [],
    notes: ['Evaluated from saved embeddings: how the images were cut out and prepared is not known.'],
  });
  const file = options['json'] as string | undefined;
  if (file !== undefined) await writeFileAtomic(resolve(cwd, file), JSON.stringify(report) + '\n');
  for (const line of [...formatReport(report), ...uncertaintyLines(report)]) output.line(line);
  return 0;
}

export const command: Command = {
  name: 'evaluate',
  summary: 'Run the LFW protocol on saved embeddings, two rows per pair.',
  configure,
  run,
};
