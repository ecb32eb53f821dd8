// The scripts of the reference and the commands here that take their flags.
import { UserError } from '../../protocol/errors';
import { registry } from '../registry';
import { findScript } from './scripts';

/** Names of the reference's scripts, and under which name their flags are taken here. */
const commandOfScript: Readonly<Record<string, string>> = {
  train_softmax: 'train-softmax',
  train_tripletloss: 'train-tripletloss',
  validate_on_lfw: 'validate-on-lfw',
  align_dataset_mtcnn: 'align',
  freeze_graph: 'freeze',
  export_embeddings: 'export-embeddings',
  classifier: 'classifier',
  compare: 'compare',
  predict: 'predict',
  cluster: 'cluster',
  clustering: 'clustering',
  calculate_filtering_metrics: 'calculate-filtering-metrics',
  decode_msceleb_dataset: 'decode-msceleb',
  batch_represent: 'batch-represent',
};

/**
 * The command here that does what a script of the reference does.
 * @param exists whether there is a command of this name; replaced in tests
 * @throws UserError for a script that is none of the reference's or that has no counterpart
 */
export function commandFor(script: string, exists = (name: string): boolean => name in registry): string {
  const command = commandOfScript[script];
  if (command !== undefined && exists(command)) return command;
  const known = Object.entries(commandOfScript).filter(([, name]) => exists(name));
  throw new UserError(
    `There is nothing here that does what ${script}.py does.`,
    `What can be run as with Python: ${known.map(([name]) => `${name}.py`).join(', ')}; facenet --help lists the rest.`,
  );
}

/**
 * `python [-u] src/train_softmax.py --flag …`, already split by a shell, as a command and its arguments.
 * @throws UserError where no script is named or the script has no counterpart
 */
export function commandOfPython(words: readonly string[]): { command: string; args: string[] } {
  const found = findScript(words);
  if (found === undefined) {
    throw new UserError(
      `${words[0]!} is not started here and no script of the reference follows it.`,
      'Type facenet python src/train_softmax.py --… or leave the first two words out: facenet train-softmax --….',
    );
  }
  return { command: commandFor(found.script), args: found.args };
}
