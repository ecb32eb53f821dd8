// From flags of the command line to a configuration.
import { openModel } from '../../checkpoint/model';
import { networkByName } from '../../network/registry';
import { UserError } from '../../protocol/errors';
import type { NetworkName } from '../../protocol/recipe';
import { modelSettings } from '../../protocol/settings/modelSettings';
import { isPath } from '../../protocol/settings/paths';
import { trainConfigSchema, type TrainConfig } from '../../protocol/trainConfig';
import type { FlagTable, Place } from './flagTable';
import { type FlagValues, given } from './flagValues';
import { expandHome } from './homePath';
import { phasesOfFlags } from './phasesOfFlags';

/** The fields of the configuration, or of its `lfw`, whose values are those of their flags. */
function plainFields(
  table: FlagTable,
  of: Place['of'],
  flags: FlagValues,
  { scratch }: { scratch: boolean },
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const { flag, setting } of table.flags) {
    if (setting?.place.of !== of) continue;
    const value = given(flags, flag.name) ?? (scratch ? flag.fromScratch : undefined);
    fields[setting.place.field] = isPath(setting, value) ? expandHome(value) : value;
  }
  return fields;
}

/** What the flags and the model say about the network, each of which decides what the other's silence means. */
async function networkFields(flags: FlagValues, { scratch }: { scratch: boolean }) {
  const { network, imageSize } = modelSettings;
  const name = given<string>(flags, 'model_def') ?? (scratch ? network.flag.fromScratch : undefined);
  const named = name === undefined ? undefined : networkByName(name);
  // The reference's size is that of its own networks.
  const size = named?.recipe.imageSize === imageSize.flag.fromScratch ? imageSize.flag.fromScratch : undefined;
  return {
    network: named?.name as NetworkName | undefined,
    imageSize: given<number>(flags, 'image_size') ?? (scratch ? size : undefined),
    standardization:
      given(flags, 'use_fixed_image_standardization') === true ? 'fixed' : scratch ? 'per_image' : undefined,
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
  const from = { scratch: given(flags, 'pretrained_model') === undefined };
  const plain = plainFields(table, 'config', flags, from);
  const ofNetwork = await networkFields(flags, from);
  const network = ofNetwork.network ?? (await openModel(String(plain.pretrainedModel))).network;
  const parsed = trainConfigSchema.safeParse({
    ...plain,
    ...ofNetwork,
    phases: await phasesOfFlags(flags, network),
    lfw: given(flags, 'lfw_dir') === undefined ? undefined : plainFields(table, 'lfw', flags, from),
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(
    `${issue.path.join('.')}: ${issue.message}.`,
    `facenet ${table.command} --help tells what each option takes.`,
  );
}
