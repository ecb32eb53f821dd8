// What is told of parts, and of the whole that is made of them.
import { existsSync } from 'node:fs';
import { mergeAlignment } from '../align/mergeShards';
import { UserError } from '../protocol/errors';
import { PartsFolder } from '../shard/partsFolder';
import { shardName, type Shard } from '../shard/shard';
import type { CommandOutput } from './command';

/** Merges the shards of an aligned folder where all are done. @param own the shard that has just been done */
export async function mergeAligned(folder: string, output: CommandOutput, own?: Shard): Promise<void> {
  const parts = await PartsFolder.existing(folder);
  if (!existsSync(folder)) throw new UserError(`There is no folder ${folder}.`, 'Check the path.');
  if (parts === undefined) return tellMerged(output, folder);
  if (own !== undefined && !isLast(parts, own, output)) return;
  const sum = await mergeAlignment(parts);
  if (sum === undefined) return tellMerged(output, folder);
  output.line(
    `All ${parts.plan.parts} shards of ${folder} are merged: ${sum.faces} faces; ${sum.noFace} photographs without a face, ` +
      `${sum.unreadable} unreadable.`,
  );
}

/** Tells how far all are; whether the shard that has just been done was the last. */
function isLast(parts: PartsFolder, own: Shard, output: CommandOutput): boolean {
  const missing = parts.missing().length;
  const { parts: count } = parts.plan;
  if (missing > 0) output.line(`Shard ${shardName(own)} is done, ${count - missing} of ${count} are.`);
  return missing === 0;
}

function tellMerged(output: CommandOutput, folder: string): void {
  output.line(`${folder} holds no shards to merge: where there were any, the last of them has done it.`);
}
