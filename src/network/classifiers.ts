// What can stand on top of a network to tell people apart. A file's classifier is known by its variables alone.
import { stage } from './network';
import type { Stage } from './ops';

/** Stages and scopes of the classifiers: a linear one, and one of directions. */
export const classifierStages = { logits: 'Logits', margin: 'Margin' } as const;

/** Prelogits → logits, variables `Logits/weights` [E, C] and `Logits/biases` (spec §4.3). */
export function logitsStage(classes: number): Stage {
  const name = classifierStages.logits;
  return stage(name, (o, x) => o.fullyConnected(x, classes, name, { biases: true }));
}

/**
 * Prelogits → the cosine of their angle to each person's direction; variable `Margin/weights` [E, C], with several
 * centres for each person [E, C, K].
 */
export function marginStage(classes: number, centers = 1): Stage {
  const name = classifierStages.margin;
  return stage(name, (o, x) => o.cosines(x, classes, name, { centers }));
}

export interface FoundClassifier {
  name: (typeof classifierStages)[keyof typeof classifierStages];
  classes: number;
  /** The same kind of classifier for so many people. */
  stageFor: (classes: number) => Stage;
}

/** The classifier among a file's variables; undefined where there is none. */
export function findClassifier(
  variables: readonly { name: string; shape: readonly number[] }[],
): FoundClassifier | undefined {
  const shapeOf = (stageName: string): readonly number[] | undefined =>
    variables.find(({ name }) => name === `${stageName}/weights`)?.shape;
  const { logits, margin } = classifierStages;
  const linear = shapeOf(logits)?.[1];
  if (linear !== undefined) return { name: logits, classes: linear, stageFor: logitsStage };
  const [, classes, centers] = shapeOf(margin) ?? [];
  if (classes === undefined) return undefined;
  return { name: margin, classes, stageFor: (count) => marginStage(count, centers) };
}
