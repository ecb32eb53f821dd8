// What a fine-tuning is measured on, beside the images of its own people that are held out.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { SetAside } from '../../src/evaluate/setAside';
import { fileNameOf, writeUnderFreeName } from '../../src/files/freeName';
import type { FineTuneChoice } from './choice';
import type { FittingPairs } from './fittingPairs';

/** Part of each person's images that is kept from the training unless another one is chosen. */
export const usualHeldOut = 0.15;

/** Notes in the choice that the training is measured on these pairs, and leaves their people out. */
export function measureOnPairs(choice: FineTuneChoice, { dir, file, folds, trained }: FittingPairs): void {
  choice.lfw = { dir, pairs: file, ...(folds !== undefined && { folds }) };
  choice.excludePeople = trained > 0 ? file : undefined;
}

/** Notes that some people of the training's own dataset are left out and become the pairs. */
export async function measureOnAside(choice: FineTuneChoice, dir: string, aside: SetAside): Promise<void> {
  await forgetAside(choice);
  const file = join(await mkdtemp(join(tmpdir(), 'facenet-aside-')), 'pairs.txt');
  await writeFile(file, aside.text);
  choice.aside = { ...aside, file };
  choice.lfw = { dir, pairs: file, folds: aside.folds };
  choice.excludePeople = file;
}

/** Notes that there are no pairs. @param heldOut part of each person's images; 0: nothing is measured */
export function measureOnImages(choice: FineTuneChoice, heldOut: number): void {
  choice.lfw = null;
  choice.excludePeople = undefined;
  choice.heldOut = heldOut;
}

/** Brings the pairs of people who are set aside into the workspace, where the run and its configuration name them. */
export async function keepAside(choice: FineTuneChoice, root: string, dataDir: string): Promise<void> {
  const { aside, lfw } = choice;
  if (aside === undefined || lfw?.pairs !== aside.file) return;
  const name = `${fileNameOf(basename(dataDir))}-set-aside`;
  const file = await writeUnderFreeName(join(root, '.facenet', 'pairs'), name, '.txt', aside.text);
  choice.lfw = { ...lfw, pairs: file };
  choice.excludePeople = file;
}

/** Takes away what was written outside the workspace. */
export async function forgetAside(choice: FineTuneChoice): Promise<void> {
  const { aside } = choice;
  if (aside !== undefined) await rm(dirname(aside.file), { recursive: true, force: true });
  choice.aside = undefined;
}
