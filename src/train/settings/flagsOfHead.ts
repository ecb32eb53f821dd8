import type { HeadName } from '../../protocol/settings/headDefaults';
import type { FlagTable } from './flagTable';
import { trainSoftmaxFlags } from './trainSoftmaxFlags';
import { trainTripletlossFlags } from './trainTripletlossFlags';

/** The flags of the script that trains with this head. */
export function flagsOfHead(head: HeadName): FlagTable {
  return head === 'triplet' ? trainTripletlossFlags : trainSoftmaxFlags;
}
