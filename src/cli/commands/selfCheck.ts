import type { ArgumentParser } from 'argparse';
import { openModel } from '../../checkpoint/model';
import { Samples } from '../../dataset/samples';
import { scanDataset } from '../../dataset/scan';
import { euclideanThreshold } from '../../evaluate/calibration';
import { selfCheckOf } from '../../evaluate/selfCheck';
import { calibrationOf, otherChip } from '../../identify/modelCalibration';
import { describe } from '../../network/describe';
import { UserError } from '../../protocol/errors';
import type { SelfCheck } from '../../protocol/selfCheck';
import { checkEmbeddings } from '../../recognize/checkEmbeddings';
import { modelNotes } from '../../recognize/modelNotes';
import { networkOf } from '../../recognize/openEmbedder';
import { expandHome } from '../../train/settings/homePath';
import { selfCheckLines } from '../../words/selfCheckWords';
import { type Command, type CommandContext, type CommandOptions, printJson } from '../command';
import { modelHelp, progressOf } from '../modelFlags';

function configure(parser: ArgumentParser): void {
  parser.add_argument('model', { metavar: 'MODEL', help: modelHelp });
  parser.add_argument('data_dir', {
    metavar: 'DATA_DIR',
    help: 'folder of aligned faces, one folder per person; at least two people',
  });
  parser.add_argument('--seed', { type: 'int', default: 666, help: 'chooses the images where there are more than 48' });
  parser.add_argument('--report', {
    help: "LFW report that the threshold is from; default the one beside the model, or of the model's run",
  });
  parser.add_argument('--json', { action: 'store_true', help: 'print the result as JSON' });
}

async function run(options: CommandOptions, { output, signal }: CommandContext): Promise<number> {
  const dataDir = expandHome(String(options['data_dir']));
  const samples = new Samples((await scanDataset(dataDir)).people);
  if (samples.peopleWithImages < 2) {
    throw new UserError(
      `${dataDir} holds images of fewer than two people, and a self-check compares people.`,
      'Name a folder with a folder of aligned faces for each person.',
    );
  }
  const model = await openModel(String(options['model']));
  const network = networkOf(model);
  const { recipe, step } = model;
  const weights = await model.readAll(describe(network).variables.map(({ name }) => name));
  const chosen = options['report'] as string | undefined;
  const known = await calibrationOf(model, chosen === undefined ? undefined : expandHome(chosen));
  const other = known && otherChip(known, recipe);
  const notes = await modelNotes({ model, recipe }, dataDir);
  for (const note of [...notes, ...(other === undefined ? [] : [other])]) output.problem(`Warning: ${note}`);
  const embeddings = await checkEmbeddings({ network, weights, recipe }, samples, {
    seed: options['seed'] as number,
    signal,
    onProgress: progressOf(output, 'Looking at the model', 'images'),
  });
  const threshold = known === undefined ? undefined : euclideanThreshold(known.calibration, 'accuracy');
  const check: SelfCheck = { ...(step !== undefined && { step }), ...selfCheckOf(embeddings, threshold) };
  if (options['json'] === true) printJson(output, check);
  else for (const line of selfCheckLines(check)) output.line(line);
  return 0;
}

export const command: Command = {
  name: 'self-check',
  summary: 'Tell whether a model has collapsed: what it makes of some images, mirrored and recompressed.',
  configure,
  run,
};
