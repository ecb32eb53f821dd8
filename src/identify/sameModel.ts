import { UserError } from '../protocol/errors';
import type { ModelIdentity } from '../protocol/modelIdentity';
import { modelTitle } from '../protocol/modelTitle';
import type { Recipe } from '../protocol/recipe';
import type { FaceModel } from '../recognize/faceModel';

const keys = ['alignment', 'imageSize', 'standardization'] as const;

/**
 * Refuses a model whose embeddings are not those that something was made of.
 * @param what with its name, e.g. `The classifier people.json`
 * @throws UserError naming both models, or the setting in which the faces are prepared otherwise
 */
export function requireSameModel(
  what: string,
  made: { model: ModelIdentity; recipe: Recipe },
  { identity, recipe }: Pick<FaceModel, 'identity' | 'recipe'>,
): void {
  if (made.model.sha256 !== identity.sha256) {
    throw new UserError(
      `${what} was made with the model ${modelTitle(made.model)} (${made.model.sha256.slice(0, 8)}), not with ` +
        `${modelTitle(identity)} (${identity.sha256.slice(0, 8)}): their embeddings have nothing to do with each other.`,
      'Give that model, or make it again with this one.',
    );
  }
  for (const key of keys) {
    if (made.recipe[key] === recipe[key]) continue;
    throw new UserError(
      `${what} was made of faces with ${key} ${made.recipe[key]}, not ${recipe[key]}.`,
      'Prepare them in the same way, or make it again.',
    );
  }
}
