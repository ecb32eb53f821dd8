// From flags of the command line to a configuration.
import { openModel } from '../../checkpoint/model';
import { networkByName } from '../../network/registry';
import { UserError } from '../../protocol/errors';
import { isPath } from '../../protocol/settings/paths';
import { trainConfigSchema, type TrainConfig } from '../../protocol/trainConfig';
import type { FlagTable, Place } from './flagTable';
import { type FlagValues, given } from './flagValues';
import { expandHome } from './homePath';
import { phasesOfFlags } from './phasesOfFlags';

/**
 * What the flags say of the fields of a configuration, of its `lfw` or of its last phase, from scratch also by their
 * defaults; the rest is missing.
 */
function fieldsOf(table: FlagTable, of: Place['of'], flags: FlagValues): Record<string, unknown> {
  const scratch = given(flags, 'pretrained_model') === undefined;
  const fields: Record<string, unknown> = {};
  for (const { flag, setting } of table.flags) {
    if (setting?.place.of !== of) continue;
    const value = given(flags, flag.name) ?? (scratch ? flag.fromScratch : undefined);
    if (value !== undefined) fields[setting.place.field] = isPath(setting, value) ? expandHome(value) : value;
  }
  return fields;
}

/** What is to be known of the network, where the silence of a flag means what the network or the model is made for. */
function networkFields(said: Record<string, unknown>, flags: FlagValues) {
  const network = typeof said.network === 'string' ? networkByName(said.network) : undefined;
  // The reference's default is the size of its own networks.
  const suits = given(flags, 'image_size') !== undefined || said.imageSize === network?.recipe.imageSize;
  const fixed = given(flags, 'use_fixed_image_standardization') === true;
  return {
    network: network?.name,
    imageSize: suits ? said.imageSize : undefined,
    standardization: fixed ? 'fixed' : said.pretrainedModel === undefined ? 'per_image' : undefined,
  };
}

/**
 * The configuration that a command line of the reference means. Without a pretrained model the reference's defaults
 * hold. With one, what is not given comes from the model (network, sizes, standardisation) and from the two phases of
 * fine-tuning (spec §6.11); --learning_rate, --max_nrof_epochs and the schedule then belong to the last phase, the new
 * classifier always comes first.
 * @throws UserError for a file that cannot be read or a value that is out of range
 */
export async function configFromFlags(table: FlagTable, flags: FlagValues): Promise<TrainConfig> {
  const said = { ...fieldsOf(table, 'config', flags), ...table.means };
  const ofNetwork = networkFields(said, flags);
  const network = ofNetwork.network ?? (await openModel(String(said.pretrainedModel))).network;
  const parsed = trainConfigSchema.safeParse({
    ...said,
    ...ofNetwork,
    phases: await phasesOfFlags(flags, fieldsOf(table, 'phases', flags), { network, head: said.head }),
    lfw: given(flags, 'lfw_dir') === undefined ? undefined : fieldsOf(table, 'lfw', flags),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(
    `${issue.path.join('.')}: ${issue.message}.`,
    `facenet ${table.command} --help tells what each option takes.`,
  );
}
