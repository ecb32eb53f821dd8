import type { ArgumentParser } from 'argparse';
import { resolve } from 'node:path';
import { countedText, operatingLine } from '../../evaluate/operatingRateText';
import { writeFileAtomic } from '../../files/atomicFile';
import { requireFree } from '../../files/requireFree';
import { measureIdentification } from '../../jobs/identification';
import { UserError } from '../../protocol/errors';
import type { IdentificationReport } from '../../protocol/identificationReport';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';
import { progressOf } from '../modelFlags';

function configure(parser: ArgumentParser): void {
  parser.add_argument('model', {
    metavar: 'MODEL',
    help: 'model directory, checkpoint prefix or file, frozen .pb, or starter',
  });
  parser.add_argument('gallery', {
    metavar: 'GALLERY',
    help: 'folder of aligned faces of who is enrolled, a folder each',
  });
  parser.add_argument('probes', {
    metavar: 'PROBES',
    help: 'folder of other aligned faces of them, by the same names, and of strangers in unknown/',
  });
  parser.add_argument('--far', {
    nargs: '+',
    type: 'float',
    default: [1e-2, 1e-3, 1e-4],
    help: 'false accept rates of comparisons, 0 … 1 (default: 0.01 0.001 0.0001)',
  });
  parser.add_argument('--fpir', {
    nargs: '+',
    type: 'float',
    default: [0.1, 0.01],
    help: 'rates of strangers that somebody is found for (default: 0.1 0.01)',
  });
  parser.add_argument('--json', { metavar: 'FILE', help: 'also write the whole report' });
  parser.add_argument('--force', { action: 'store_true', help: 'replace FILE where it exists' });
}

/** @throws UserError for what is no rate */
function ratesOf(flag: string, values: unknown): number[] {
  const rates = values as number[];
  const wrong = rates.find((rate) => !(rate > 0 && rate < 1));
  if (wrong !== undefined) {
    throw new UserError(`--${flag} has ${wrong}, which is no rate between 0 and 1.`, 'Give e.g. 0.01 for one percent.');
  }
  return rates;
}

/** The report in lines for a terminal. */
function formatIdentification({
  gallery,
  probes,
  rank1,
  verification,
  identification,
}: IdentificationReport): string[] {
  const pairs = { found: 'TAR', alarm: 'FAR', trials: 'comparisons with other people', bound: 'cosine above' };
  const strangers = { found: 'DIR', alarm: 'FPIR', trials: 'images of unknown people', bound: 'cosine above' };
  return [
    `Gallery: ${gallery.people} people, ${gallery.images} images`,
    `Probes: ${probes.enrolled} images of enrolled people, ${probes.unknown} of unknown people`,
    `Rank-1: ${countedText(rank1)}`,
    ...verification.map((rate) => operatingLine(pairs, rate)),
    ...identification.map((rate) => operatingLine(strangers, rate)),
  ];
}

async function run(options: CommandOptions, { output, signal, cwd }: CommandContext): Promise<number> {
  const typed = options as Record<string, unknown>;
  const [far, fpir] = [ratesOf('far', typed['far']), ratesOf('fpir', typed['fpir'])];
  const json = typeof typed['json'] === 'string' ? resolve(cwd, expandHome(typed['json'])) : undefined;
  const force = typed['force'] === true;
  if (json !== undefined) await requireFree(json, force, 'identification.json');
  const [galleryDir, probesDir] = [expandHome(String(typed['gallery'])), expandHome(String(typed['probes']))];
  const report = await measureIdentification(
    { model: String(typed['model']), galleryDir, probesDir, far, fpir },
    { signal, onProgress: progressOf(output, 'Embedding', 'images') },
  );
  for (const note of report.notes) output.problem(`Warning: ${note}`);
  for (const line of formatIdentification(report)) output.line(line);
  if (json !== undefined) {
    await writeFileAtomic(json, `${JSON.stringify(report, undefined, 2)}\n`);
    output.line(`Written: ${json}`);
  }
  return 0;
}

export const command: Command = {
  name: 'evaluate-identification',
  summary: 'Measure whether people of a gallery are found and strangers refused, with what so much data can claim.',
  configure,
  run,
};
