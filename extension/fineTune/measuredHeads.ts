// What loss heads were worth where they were measured: fine-tunings of the starter on people of LFW (docs/heads.md).
import type { NetworkName } from '../../src/protocol/networkNames';
import type { HeadName } from '../../src/protocol/settings/headDefaults';
import type { Preset } from './presets';

/** Groups of the measurement by the number of people: up to 20, up to 200, and more. */
const groups = { small: 20, medium: 200 } as const;

/**
 * The loss head of a preset. With the starter's last block sub-centre ArcFace tells new photographs of its people apart
 * best, however many they are, and strangers no worse than by the deviation over the folds; ArcFace does so with many
 * people only. A classifier alone leaves the embeddings as they are. What was not measured, other networks and whole ones,
 * has the reference's head.
 * @param network undefined where it is not known
 */
export function recommendedHead(preset: Preset['id'], network: NetworkName | undefined): HeadName {
  return preset === 'classifierThenLastBlock' && network === 'dlib_resnet' ? 'subcenter' : 'softmax';
}

/** Whether a trained last block tells strangers apart worse than before by more than the deviation over the folds. */
export function costsStrangers(head: HeadName, people: number): boolean {
  return (head === 'arcface' && people <= groups.small) || (head === 'cosface' && people <= groups.medium);
}
