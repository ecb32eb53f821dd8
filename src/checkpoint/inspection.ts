// What there is to see of a model without reading a value: the tree in the sidebar and `facenet inspect` show this.
import { findClassifier } from '../network/classifiers';
import { describe } from '../network/describe';
import type { Shape } from '../network/ops';
import { networkByName } from '../network/registry';
import { elementCount } from '../network/tensor';
import type { Model } from './model';
import type { TensorInfo } from './tensorInfo';

export interface InspectedStage {
  /** Name of the stage; absent for variables that belong to no stage (optimizer slots, `global_step`, unknown networks). */
  name?: string;
  /** Size of the stage's output for one image, [H, W, C] or [C]. */
  outputShape?: Shape;
  variables: TensorInfo[];
  /** Numbers in all its variables. */
  elements: number;
  bytes: number;
}

export interface Inspection {
  /** In the order of the network; what belongs to no stage last. Stages without variables (pools) are left out. */
  stages: InspectedStage[];
  variables: number;
  elements: number;
  bytes: number;
}

/** The model's variables by stage, each stage in the network's own order, with totals. */
export function inspect(model: Pick<Model, 'variables' | 'network' | 'embeddingSize' | 'recipe'>): Inspection {
  const found = new Map(model.variables.map((variable) => [variable.name, variable]));
  const stages: InspectedStage[] = [];
  if (model.network !== undefined) {
    const network = networkByName(model.network, { embeddingSize: model.embeddingSize });
    const classifier = findClassifier(model.variables);
    const head = classifier === undefined ? [] : [classifier.stageFor(classifier.classes)];
    const described = describe(network, { head, imageSize: model.recipe.imageSize });
    for (const { name, outputShape, variables } of described.stages) {
      const present = variables.flatMap((variable) => found.get(variable.name) ?? []);
      for (const variable of present) found.delete(variable.name);
      if (present.length > 0) stages.push({ name, outputShape, ...totals(present) });
    }
  }
  if (found.size > 0) stages.push(totals([...found.values()]));
  const { elements, bytes } = totals(model.variables);
  return { stages, variables: model.variables.length, elements, bytes };
}

function totals(variables: TensorInfo[]): { variables: TensorInfo[]; elements: number; bytes: number } {
  return {
    variables,
    elements: variables.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    bytes: variables.reduce((sum, { byteLength }) => sum + byteLength, 0),
  };
}
