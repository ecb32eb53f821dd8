import { alignmentMismatches, recipeDifferences } from '../input/alignmentCheck';
import type { FaceModel } from './faceModel';

/** What has to be said of a model, and of a folder of aligned faces with it, before it is used. */
export async function modelNotes(
  { model, recipe }: Pick<FaceModel, 'model' | 'recipe'>,
  aligned?: string,
): Promise<string[]> {
  return [
    ...model.notes,
    ...recipeDifferences(model.recipe, recipe),
    ...(aligned === undefined ? [] : await alignmentMismatches(aligned, recipe)),
  ];
}
