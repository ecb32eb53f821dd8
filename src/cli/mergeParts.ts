// What is told of parts, and of the whole that is made of them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mergeAlignment } from '../align/mergeShards';
import { formatReport } from '../evaluate/report';
import { mergeValidation, reportName, validationWork } from '../jobs/validationShards';
import { cleanWork, mergeLooks } from '../dataset/cleanShards';
import { UserError } from '../protocol/errors';
import { exportWork, mergeExport } from '../recognize/exportShards';
import { PartsFolder } from '../shard/partsFolder';
import { shardName, type Shard } from '../shard/shard';
import type { CommandOutput } from './command';

/**
 * Merges the shards in a folder where all are done.
 * @param own the shard that has just been done
 * @returns whether this process has merged them
 * @throws UserError where the folder or, without `own`, a shard is missing
 */
export async function mergeParts(folder: string, output: CommandOutput, own?: Shard): Promise<boolean> {
  const parts = await PartsFolder.existing(folder);
  if (!existsSync(folder)) throw new UserError(`There is no folder ${folder}.`, 'Check the path.');
  if (parts === undefined) return tellMerged(output, folder);
  if (own !== undefined && !isLast(parts, own, output)) return false;
  const sum = await merging(parts);
  if (sum === undefined) return tellMerged(output, folder);
  output.line(`All ${parts.plan.parts} shards of ${folder} are merged: ${sum}.`);
  return true;
}

/** What the whole holds, in words; undefined where another process has made it. @throws UserError for an unknown work */
async function merging(parts: PartsFolder): Promise<string | undefined> {
  switch (parts.plan.work) {
    case 'align': {
      const sum = await mergeAlignment(parts);
      return sum && `${sum.faces} faces; ${sum.noFace} photographs without a face, ${sum.unreadable} unreadable`;
    }
    case exportWork: {
      const sum = await mergeExport(parts);
      return sum && `embeddings of ${sum.images} images of ${sum.people} people`;
    }
    case validationWork: {
      const report = await mergeValidation(parts);
      return report && `${formatReport(report).join('; ')}; the report is ${join(parts.result, reportName)}`;
    }
    case cleanWork:
      return (await mergeLooks(parts))
        ? 'no image is read again by facenet clean without --shard, which says what is wrong'
        : undefined;
    default:
      throw new UserError(
        `${parts.result} holds shards of facenet ${parts.plan.work}, which this version cannot merge.`,
        'Use the version that made them.',
      );
  }
}

/** Tells how far all are; whether the shard that has just been done was the last. */
function isLast(parts: PartsFolder, own: Shard, output: CommandOutput): boolean {
  const missing = parts.missing().length;
  const { parts: count } = parts.plan;
  if (missing > 0) output.line(`Shard ${shardName(own)} is done, ${count - missing} of ${count} are.`);
  return missing === 0;
}

function tellMerged(output: CommandOutput, folder: string): false {
  output.line(`${folder} holds no shards to merge: where there were any, the last of them has done it.`);
  return false;
}
