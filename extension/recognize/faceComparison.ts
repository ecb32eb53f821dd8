// `facenet compare` in a child process: the networks are never loaded in here.
import type { FaceComparison } from '../../src/protocol/faceComparison';
import { readAnswer } from '../jobs/commandAnswer';
import { type CommandLine, failureOf } from '../jobs/commandLine';

export interface CompareOptions {
  model: string;
  /** Report that the threshold is from; absent: the one that lies beside the model, or is of its training. */
  report?: string | undefined;
  /** Absolute. */
  photographs: readonly string[];
  signal: AbortSignal;
}

/**
 * Holds the most certain faces of photographs against each other.
 * @returns with what was said on the way, a sentence each
 * @throws UserError with the command's own line, StoppedError where it was given up
 */
export async function compare(
  commandLine: CommandLine,
  { model, report, photographs, signal }: CompareOptions,
): Promise<{ comparison: FaceComparison; notes: string[] }> {
  const { faceComparisonSchema } = await import('../../src/protocol/faceComparison');
  const judge = report === undefined ? [] : ['--report', report];
  const command = ['compare', model, ...photographs, '--json', '--crops', '--upright', ...judge];
  const { code, stdout, stderr } = await commandLine.run(command, { signal });
  if (code !== 0) throw failureOf('compare', code, stderr);
  const notes = stderr.split('\n').filter((line) => line.trim() !== '');
  return { comparison: readAnswer(faceComparisonSchema, 'compare', stdout), notes };
}
