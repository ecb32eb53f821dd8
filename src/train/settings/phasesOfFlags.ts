// The phases that the flags mean: several flags and the model decide them together.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../protocol/errors';
import type { NetworkName } from '../../protocol/recipe';
import { phaseSettings } from '../../protocol/settings/phaseSettings';
import { phaseSchema, type OptimizerName, type Phase } from '../../protocol/trainConfig';
import { defaultPhases, stageAliases } from './defaultPhases';
import { type FlagValues, given } from './flagValues';
import { parseSchedule } from './schedule';

async function readText(path: string, what: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The ${what} ${path} cannot be read.`, 'Check the path.', { cause });
  });
}

/** Phases from a JSON file: a list of phases, or an object with the list under `phases`. */
async function readPhases(path: string): Promise<Phase[]> {
  const text = await readText(path, 'file of phases');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${path} is not JSON: ${(cause as Error).message}.`, 'Write a list of phases.', { cause });
  }
  const list = Array.isArray(value) ? (value as unknown[]) : (value as { phases?: unknown } | null)?.phases;
  const parsed = z.array(phaseSchema).min(1).safeParse(list);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(
    `${path}: ${issue.path.length === 0 ? 'phases' : issue.path.join('.')}: ${issue.message}.`,
    'A phase is {"name": "classifier", "trainableFrom": "Logits", "epochs": 30, "learningRate": 0.1}.',
  );
}

/** The learning rate that the flags name: a number, or the points of the schedule file when it is not positive (spec §6.3). */
async function learningRateOf(flags: FlagValues): Promise<Phase['learningRate'] | undefined> {
  const rate = given<number>(flags, 'learning_rate');
  if (rate === undefined || rate > 0) return rate;
  const file = given<string>(flags, 'learning_rate_schedule_file');
  if (file === undefined) {
    throw new UserError(
      `--learning_rate ${rate} needs a schedule.`,
      'Give --learning_rate_schedule_file FILE with lines like "0: 0.05".',
    );
  }
  return parseSchedule(await readText(file, 'learning rate schedule'), file);
}

/**
 * From scratch one phase with the reference's epochs and rate; with a pretrained model the two of fine-tuning (spec
 * §6.11), of which the last one is what the flags say. --phases names all of them.
 * @param network of the pretrained model
 * @throws UserError for a file of phases or rates that cannot be read or is wrong
 */
export async function phasesOfFlags(flags: FlagValues, network: NetworkName | undefined): Promise<Phase[]> {
  const file = given<string>(flags, 'phases');
  if (file !== undefined) return readPhases(file);
  const pretrained = given<string>(flags, 'pretrained_model') !== undefined;
  const from = given<string>(flags, 'trainable_from');
  const rate = await learningRateOf(flags);
  const epochs = given<number>(flags, 'max_nrof_epochs');
  const batchNorm = given<Phase['batchNorm']>(flags, 'batch_norm');
  const phase = (name: string, trainableFrom: string, fallback: Phase): Phase => ({
    ...(given<OptimizerName>(flags, 'optimizer') === undefined ? fallback : {}),
    name,
    trainableFrom,
    epochs: epochs ?? fallback.epochs,
    learningRate: rate ?? fallback.learningRate,
    batchNorm: batchNorm ?? fallback.batchNorm,
  });
  if (!pretrained) {
    const { epochs, learningRate } = phaseSettings;
    const fallback: Phase = {
      ...defaultPhases(false)[0]!,
      epochs: epochs.flag.fromScratch,
      learningRate: learningRate.flag.fromScratch,
    };
    return [phase('all', from ?? stageAliases.all, fallback)];
  }
  const [classifier, lastBlock] = defaultPhases(true, network) as [Phase, Phase];
  if (from === undefined) return [classifier, phase(lastBlock.name, lastBlock.trainableFrom, lastBlock)];
  if (/^logits$/i.test(from)) return [phase(classifier.name, from, classifier)];
  return [classifier, phase(`from ${from}`, from, lastBlock)];
}
