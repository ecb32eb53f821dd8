// What a sentence of the command line names by its options is named by the settings of a configuration in a window.
import type { Settings } from '../../src/protocol/settings/setting';
import { trainSettings } from '../../src/protocol/trainConfig';

function namesOf(settings: Settings, above = ''): [flag: string, setting: string][] {
  return Object.entries(settings).flatMap(([name, { flag, settings: inner }]) => [
    ...(flag === undefined ? [] : [[flag.name, above + name] as [string, string]]),
    ...(inner === undefined ? [] : namesOf(inner, `${above}${name}.`)),
  ]);
}

const settingOf = new Map(namesOf(trainSettings));

/** The sentence with every option, `--batch_size` or `batch_size`, as its setting, `batchSize`. */
export function inSettingNames(sentence: string): string {
  return sentence.replace(
    /(--)?\b([a-z]+(?:_[a-z0-9]+)+|[a-z]{4,})\b/g,
    (word, dashes: string | undefined, name: string) =>
      dashes === undefined && !name.includes('_') ? word : (settingOf.get(name) ?? word),
  );
}
