import type { ModelIdentity } from './modelIdentity';

/** `20180402-114759, step 275`. */
export function modelTitle({ name, step }: Pick<ModelIdentity, 'name' | 'step'>): string {
  return step === undefined ? name : `${name}, step ${step}`;
}
