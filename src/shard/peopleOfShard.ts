import { createHash } from 'node:crypto';
import type { Shard } from './shard';

/**
 * Whether a person belongs to a part. It depends on the name and the number of parts alone, so that everybody agrees
 * without a list, and nobody moves when others are added.
 */
export function isOfShard(person: string, { index, count }: Shard): boolean {
  return createHash('sha256').update(person).digest().readUInt32BE(0) % count === index;
}
