import type { ArgumentParser } from 'argparse';
import { resolve } from 'node:path';
import { defaultFolds, ownPairs, writePairsFile } from '../../evaluate/ownPairs';
import type { Command, CommandContext, CommandOptions } from '../command';

interface PairsOptions {
  dir: string;
  out: string;
  folds: number;
  pairs_per_fold?: number;
  seed: number;
  apart_from?: string;
  force: boolean;
}

function configure(parser: ArgumentParser): void {
  parser.add_argument('dir', { metavar: 'DIR', help: 'aligned faces: one folder of <person>_0001.png … per person' });
  parser.add_argument('out', { metavar: 'OUT', help: 'pairs file to write' });
  parser.add_argument('--folds', { type: 'int', default: defaultFolds, help: 'folds (default: %(default)s)' });
  parser.add_argument('--pairs_per_fold', {
    type: 'int',
    help: 'pairs of one person in each fold, and as many of two; default 300, fewer where the images are fewer',
  });
  parser.add_argument('--seed', { type: 'int', default: 666, help: 'seed of the drawing (default: %(default)s)' });
  parser.add_argument('--apart_from', {
    metavar: 'PATH',
    help: 'leave out the people of this dataset or training run: a model is measured on strangers',
  });
  parser.add_argument('--force', { action: 'store_true', help: 'replace OUT where it exists' });
}

async function run(options: CommandOptions, { output, cwd }: CommandContext): Promise<number> {
  const {
    dir,
    out,
    folds,
    pairs_per_fold: pairsPerFold,
    seed,
    apart_from: apartFrom,
    force,
  } = options as object as PairsOptions;
  const path = resolve(cwd, out);
  const { text, people, trained, unnamed, ...drawn } = await ownPairs({
    dir: resolve(cwd, dir),
    folds,
    seed,
    ...(pairsPerFold !== undefined && { pairsPerFold }),
    ...(apartFrom !== undefined && { apartFrom: resolve(cwd, apartFrom) }),
  });
  await writePairsFile(path, text, { replace: force });
  if (unnamed.length > 0) {
    const names = `${unnamed.slice(0, 3).join(', ')}${unnamed.length > 3 ? ', …' : ''}`;
    output.problem(
      `${unnamed.length} of the people have no image, or a tab in their name, and are in no pair: ${names}.`,
    );
  }
  const left = trained === 0 ? '' : `, ${trained} trained ones left out`;
  output.line(`${2 * folds * drawn.pairsPerFold} pairs in ${folds} folds, of ${people} people${left}: ${path}`);
  return 0;
}

export const command: Command = {
  name: 'pairs',
  summary: 'Draw pairs of your own people for the LFW protocol.',
  configure,
  run,
};
