// By which distance two faces are one person: the model's own threshold, or the user's.
import type { ArgumentParser } from 'argparse';
import { type Goal, goals } from '../evaluate/calibration';
import { calibrationOf, type Judge, judgeOf, otherChip } from '../identify/modelCalibration';
import { UserError } from '../protocol/errors';
import type { FaceModel } from '../recognize/faceModel';
import { expandHome } from '../train/settings/homePath';
import type { CommandOptions, CommandOutput } from './command';

/** @param goal which threshold of the report is taken by default */
export function addJudgeFlags(parser: Pick<ArgumentParser, 'add_argument'>, goal: Goal): void {
  parser.add_argument('--threshold', {
    type: 'float',
    help: "Euclidean distance below which two faces are one person; default the model's own, of its report",
  });
  parser.add_argument('--at', {
    choices: [...goals],
    default: goal,
    help: `which threshold of the report: of the greatest accuracy, of a false-accept rate of 1e-2 or 1e-3, or of the equal error rate (default: ${goal})`,
  });
  parser.add_argument('--report', {
    help: "LFW report that thresholds and confidence are from; default the one beside the model, or of the model's run",
  });
}

/**
 * The judge that was asked for, or the sentence that says why there is none. That a report is of other faces is a problem to tell.
 * @throws UserError where the report that was named cannot be used or has no such threshold
 */
export async function askedJudge(
  options: CommandOptions,
  { model, recipe }: FaceModel,
  output: Pick<CommandOutput, 'problem'>,
): Promise<Judge | string> {
  const chosen = options['report'] as string | undefined;
  const threshold = options['threshold'] as number | undefined;
  const goal = options['at'] as Goal;
  const found = await calibrationOf(model, chosen === undefined ? undefined : expandHome(chosen));
  const other = found && otherChip(found, recipe);
  if (other !== undefined) output.problem(`Warning: ${other}`);
  const judge = judgeOf(found?.calibration, { threshold, goal });
  if (judge !== undefined) return judge;
  if (found !== undefined) {
    throw new UserError(
      `The report ${found.report} has too few pairs to tell the threshold "${goal}" (${found.calibration.pairs.different} of two people).`,
      'Choose another with --at, give --threshold, or validate on more pairs.',
    );
  }
  return (
    `No threshold is known for ${model.name}, so that nothing is said about who is the same: measure it with facenet ` +
    'validate-on-lfw … --keep_report, or give --threshold or --report.'
  );
}
