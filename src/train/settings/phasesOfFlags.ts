// The phases that the flags mean: several flags and the model decide them together.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../../protocol/errors';
import type { NetworkName } from '../../protocol/networkNames';
import type { HeadName } from '../../protocol/settings/headDefaults';
import { phaseSchema, type Phase } from '../../protocol/trainConfig';
import { defaultPhases } from './defaultPhases';
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
async function learningRateOf(rate: number, flags: FlagValues): Promise<Phase['learningRate']> {
  if (rate > 0) return rate;
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
 * From scratch one phase; with a pretrained model the two of fine-tuning (spec §6.11), of which the last one is what the
 * flags say, and the first is left out where there is no classifier. --phases names all of them.
 * @param said what the flags say of the last phase, the rate not yet read from its schedule
 * @param network of the pretrained model
 * @throws UserError for a file of phases or rates that cannot be read or is wrong
 */
export async function phasesOfFlags(
  flags: FlagValues,
  said: Partial<Phase>,
  { network, head }: { network: NetworkName | undefined; head?: HeadName },
): Promise<Phase[]> {
  const file = given<string>(flags, 'phases');
  if (file !== undefined) return readPhases(file);
  const { trainableFrom: from, learningRate: rate } = said;
  const learningRate = rate === undefined ? undefined : await learningRateOf(Number(rate), flags);
  const sayingSo = (name: string, usual: Phase): Phase => {
    const phase = { ...usual, ...said, ...(learningRate !== undefined && { learningRate }), name };
    // One that is named is the configuration's.
    if (given(flags, 'optimizer') !== undefined) delete phase.optimizer;
    return phase;
  };
  if (given(flags, 'pretrained_model') === undefined) return [sayingSo('all', defaultPhases(false)[0]!)];
  const usual = defaultPhases(true, network, head);
  if (from !== undefined && /^logits$/i.test(from)) return [sayingSo(usual[0]!.name, usual[0]!)];
  const last = usual.at(-1)!;
  return [...usual.slice(0, -1), sayingSo(from === undefined ? last.name : `from ${from}`, last)];
}
