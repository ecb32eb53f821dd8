import { basename } from 'node:path';
import type { ConfigurationAnswer } from '../../protocol/configurationAnswer';
import { UserError } from '../../protocol/errors';
import type { TrainConfig } from '../../protocol/trainConfig';
import { configFromFlags } from '../../train/settings/configFromFlags';
import { type FlagValues, ineffectiveFlags } from '../../train/settings/flagValues';
import type { FlagTable } from '../../train/settings/flagTable';
import { trainSoftmaxFlags } from '../../train/settings/trainSoftmaxFlags';
import { trainTripletlossFlags } from '../../train/settings/trainTripletlossFlags';
import { command as trainSoftmax } from '../commands/trainSoftmax';
import { command as trainTripletloss } from '../commands/trainTripletloss';
import { parserOf } from '../parser';
import { parsePastedCommand } from './pastedCommand';

const trainings = {
  train_softmax: { command: trainSoftmax, table: trainSoftmaxFlags },
  train_tripletloss: { command: trainTripletloss, table: trainTripletlossFlags },
};

/** Taken where a command names neither an architecture nor a model that can be looked into. */
const usualNetwork = 'inception_resnet_v1';

/**
 * Reads a command line of train_softmax.py or train_tripletloss.py as a configuration. Relative paths in it are those of the process.
 * @throws UserError when it is none, or a value or file in it is wrong; ParserExit where argparse has said what is wrong
 */
export async function configurationOfCommand(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ConfigurationAnswer> {
  const { script, args, notes } = parsePastedCommand(text, environment);
  const { command, table } = trainings[script];
  const [options, extra] = parserOf(command).parse_known_args<FlagValues>(args);
  for (const own of ['resume', 'config']) {
    if (typeof options[own] === 'string') {
      throw new UserError(`--${own} is no flag of ${script}.py.`, `Run it in a terminal with facenet ${command.name}.`);
    }
  }
  notes.push(...unknownFlags(extra), ...ineffectiveFlags(table, options));
  const config = await configOf(table, options, notes);
  return { config, title: basename(config.dataDir), notes };
}

/** A model that is not on this machine does not hinder: its usual architecture then decides the phases. */
async function configOf(table: FlagTable, options: FlagValues, notes: string[]): Promise<TrainConfig> {
  const named = typeof options.model_def === 'string' && options.model_def !== '';
  try {
    return await configFromFlags(table, options);
  } catch (error) {
    if (named || typeof options.pretrained_model !== 'string' || !(error instanceof UserError)) throw error;
    const config = await configFromFlags(table, { ...options, model_def: usualNetwork });
    notes.push(`${error.message} The phases are those for ${usualNetwork}; put the path right before you start.`);
    return { ...config, network: undefined };
  }
}

/** Flags that no parser knows, each with the values after it. */
function unknownFlags(words: readonly string[]): string[] {
  const groups: string[][] = [];
  for (const word of words) {
    if (word.startsWith('--') || groups.length === 0) groups.push([word]);
    else groups.at(-1)!.push(word);
  }
  return groups.map((group) => `${group.join(' ')} is unknown here and is left out.`);
}
