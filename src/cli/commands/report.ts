import type { ArgumentParser } from 'argparse';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readComparedReport } from '../../evaluate/readReport';
import { identificationPage } from '../../evaluate/html/identificationPage';
import { isIdentification, readIdentification } from '../../evaluate/readRunReport';
import { writeFileAtomic } from '../../files/atomicFile';
import { UserError } from '../../protocol/errors';
import { writeReportPage } from '../../recognize/reportFile';
import type { Command, CommandContext, CommandOptions } from '../command';

function configure(parser: ArgumentParser): void {
  parser.add_argument('report', {
    metavar: 'REPORT',
    help: 'report of an evaluation on pairs or of an identification (.json)',
  });
  parser.add_argument('--html', { metavar: 'FILE', required: true, help: 'file to write' });
  parser.add_argument('--threshold', {
    type: 'float',
    help: 'distance below which two images count as one person; default the one that the folds chose',
  });
  const compared = parser.add_mutually_exclusive_group();
  compared.add_argument('--baseline', {
    metavar: 'REPORT',
    help: 'report to compare with; default the first evaluation of the same run',
  });
  compared.add_argument('--no_baseline', { action: 'store_true', help: 'compare with nothing' });
  parser.add_argument('--force', { action: 'store_true', help: 'replace FILE where it exists' });
}

async function run(options: CommandOptions, { output, cwd }: CommandContext): Promise<number> {
  const path = resolve(cwd, options['html'] as string);
  if (options['force'] !== true && (await stat(path).catch(() => undefined)) !== undefined)
    throw new UserError(`${path} exists already.`, 'Choose another name, or replace it with --force.');
  const source = resolve(cwd, options['report'] as string);
  if (await isIdentification(source)) {
    if (options['threshold'] !== undefined || options['baseline'] !== undefined || options['no_baseline'] === true)
      throw new UserError(
        `${source} is of an identification, which has no pairs.`,
        'Leave out --threshold and --baseline.',
      );
    await writeFileAtomic(path, identificationPage(await readIdentification(source)));
    output.line(path);
    return 0;
  }
  const other = options['baseline'] as string | undefined;
  const chosen = options['no_baseline'] === true ? null : other === undefined ? undefined : resolve(cwd, other);
  const { report, ...compared } = await readComparedReport(source, chosen);
  await writeReportPage(path, report, { ...compared, threshold: options['threshold'] as number | undefined });
  output.line(path);
  return 0;
}

export const command: Command = {
  name: 'report',
  summary: 'Write a report on pairs or of an identification as one HTML file.',
  configure,
  run,
};
