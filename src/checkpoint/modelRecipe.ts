// How images must be prepared for a model: part of its record, else known from its name, else from its architecture.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defaultNetwork, networkByName } from '../network/registry';
import type { NetworkName } from '../protocol/networkNames';
import type { Recipe } from '../protocol/recipe';

export interface SourcedRecipe {
  recipe: Recipe;
  /** Where it was taken from, for people. */
  recipeSource: string;
}

/** Names of the published models begin with the day of their training. */
const published: readonly [RegExp, Recipe, string][] = [
  [
    /^2018\d{4}-\d{6}$/,
    { alignment: 'box', imageSize: 160, standardization: 'fixed' },
    'the name: models of 2018 were trained with fixed image standardization',
  ],
  [
    /^2017\d{4}-\d{6}$/,
    { alignment: 'box', imageSize: 160, standardization: 'per_image' },
    'the name: models of 2017 were trained with per-image standardization',
  ],
];

async function recordedRecipe(path: string): Promise<Recipe | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as { recipe?: unknown };
    // Most models have no record, and schemas take longer to load than a header to read.
    const { recipeSchema } = await import('../protocol/recipe');
    return recipeSchema.safeParse(record.recipe).data;
  } catch {
    return undefined; // Another program's run.json.
  }
}

/** The recipe of the model `name` whose files lie in `directory`; `network` is undefined for an unknown architecture. */
export async function recipeOf(
  directory: string,
  name: string,
  network: NetworkName | undefined,
): Promise<SourcedRecipe> {
  for (const folder of [directory, dirname(directory)]) {
    const path = join(folder, 'run.json');
    const recipe = await recordedRecipe(path);
    if (recipe !== undefined) return { recipe, recipeSource: path };
  }
  for (const [pattern, recipe, recipeSource] of published) {
    if (pattern.test(name)) return { recipe, recipeSource };
  }
  const architecture = network ?? defaultNetwork;
  return {
    recipe: networkByName(architecture).recipe,
    recipeSource:
      network === undefined
        ? `nothing is known about it; that of ${architecture} is assumed`
        : `the usual one of ${architecture}`,
  };
}
